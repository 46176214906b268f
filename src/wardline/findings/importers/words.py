"""Values from a stranger's report, made safe: whatever their type is, they come back as what was asked for, or nothing.

Texts are one line, printable, and bounded; numbers are numbers of lines; paths are relative to the tree.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wardline.findings.report import Location, Severity
from wardline.findings.severity import of_score, of_word
from wardline.kernel.text import printable

MAX_TITLE: Final = 300
MAX_MESSAGE: Final = 2000
MAX_NAME: Final = 500
MAX_PATH: Final = 1000
_MAX_LINE: Final = 2**31 - 1
_MAX_CWE: Final = 20
_CWE: Final = re.compile(r"CWE[-_ :]?0{0,4}([1-9][0-9]{0,4})(?![0-9])", re.IGNORECASE)
_DRIVE: Final = re.compile(r"[A-Za-z]:[/\\]")


def at(value: Any, *path: str | int) -> Any:
    """Return what stands at a path of keys and indexes; None where a part of it is missing or of another type."""
    for part in path:
        if value.__class__ is str:
            return None
        try:
            value = value[part]
        except (IndexError, KeyError, TypeError):
            return None
    return value


def objects(value: Any, *path: str | int) -> list[dict[str, Any]]:
    """Return the objects of the array at a path; what is no object is left out, and of what is no array there are none.

    An object that holds them by name counts as their array.
    """
    found = at(value, *path)
    if isinstance(found, dict):
        found = list(found.values())
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text(value: Any, max_chars: int = MAX_NAME) -> str:
    """Return a text on one line, printable and shortened; "" for what is none. A number is the text of it."""
    if isinstance(value, str):
        said = value
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        said = repr(value)
    else:
        return ""
    if len(said) <= max_chars and said.isprintable() and "  " not in said and said.strip() == said:
        return said  # nearly always
    said = said[: 8 * max_chars]
    if not said.isprintable() or "  " in said or said[:1] == " " or said[-1:] == " ":
        said = " ".join(said.split())
    return printable(said, max_chars=max_chars)


def texts(value: Any, limit: int = 50, max_chars: int = MAX_NAME) -> tuple[str, ...]:
    """Return the different texts of an array, or the one text that there is."""
    if not isinstance(value, list):
        value = [value]
    return tuple(dict.fromkeys(one for part in value[: 4 * limit] if (one := text(part, max_chars))))[:limit]


def first(*values: Any, max_chars: int = MAX_NAME) -> str:
    """Return the first of the values that is a text with something in it."""
    return next((said for value in values if (said := text(value, max_chars))), "")


def line(value: Any) -> int | None:
    """Return the number of a line or a column, from 1; None for what is none."""
    if isinstance(value, str) and value.isascii() and value.strip().isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MAX_LINE:
        return None
    return value


def number(value: Any) -> float | None:
    """Return a number, or the number that a text is; None for what is none."""
    if isinstance(value, str) and len(value) <= 40:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        return None
    return float(value)


def cwes(*values: Any) -> tuple[str, ...]:
    """Return the weaknesses that are named, as `CWE-79`, in their order: in texts, numbers and arrays of them."""
    found: dict[str, None] = {}
    for value in values:
        for one in value[:200] if isinstance(value, list) else (value,):
            if isinstance(one, str):
                found.update(dict.fromkeys(f"CWE-{int(number)}" for number in _CWE.findall(one[:4000])))
                one = one.strip()  # noqa: PLW2901 - "79" is one, too
                one = int(one) if one.isascii() and one.isdigit() and len(one) <= 5 else None  # noqa: PLW2901
            if isinstance(one, int) and not isinstance(one, bool) and 0 < one < 100_000:
                found[f"CWE-{one}"] = None
    return tuple(found)[:_MAX_CWE]


def severity(value: Any, words: Mapping[str, Severity] | None = None) -> Severity:
    """Return the severity that a word names: by the tool's own table, else as everybody writes them; else unknown."""
    if not isinstance(value, str):
        return "unknown"
    word = value.strip().lower()
    return (words or {}).get(word) or of_word(word)


def scored(value: Any) -> Severity:
    """Return the severity of a CVSS base score, or of a text that is one; unknown for anything else."""
    score = number(value)
    return of_score(score) if score is not None and 0 <= score <= 10 else "unknown"


def probability(value: Any) -> float | None:
    """Return a probability between 0 and 1, None for what is none."""
    said = number(value)
    return said if said is not None and 0 <= said <= 1 else None


def identifiers(*values: Any) -> tuple[str, ...]:
    """Return the ids of advisories, each in its authority's spelling, of texts and arrays of them."""
    found: dict[str, None] = {}
    for value in values:
        for one in value[:200] if isinstance(value, list) else (value,):
            said = one.strip() if isinstance(one, str) else ""
            if not said or len(said) > 200 or any(char.isspace() for char in said):
                continue
            upper = said.upper()
            if upper.startswith(("CVE-", "CWE-", "PYSEC-", "RUSTSEC-", "GO-", "SNYK-", "MAL-")):
                said = said if upper.startswith(("GO-", "SNYK-")) else upper
            elif upper.startswith("GHSA-"):
                said = "GHSA-" + said[5:].lower()
            found[printable(said)] = None
    return tuple(found)


def place(path: Any, root: str = "", otherwise: str = "") -> dict[str, Any]:
    """Return a finding's `file`, where a path is one of the tree; else its `location`: the path, or `otherwise`.

    `root` is the tree's absolute path, if known. Both kinds of slashes separate, and a `file:` URI is a path.
    """
    shown = relative(path, root)
    if shown and not shown.startswith(("/", "../")) and not _DRIVE.match(shown) and shown != "..":
        return {"file": shown}
    return {"location": Location("resource", shown or text(otherwise, MAX_PATH) or "the report")}


def relative(path: Any, root: str = "") -> str:
    """Return a path as it is within the tree, as far as that can be told; "" for what is no path."""
    if not isinstance(path, str):
        return ""
    path = path.strip()[: 4 * MAX_PATH]
    if path[:5].lower() == "file:":
        from urllib.parse import unquote

        path = unquote(path[5:])
        path = "/" + path.lstrip("/") if path.startswith("//") and not path.startswith("///") else path
        path = "/" + path.lstrip("/") if path.startswith("/") else path
        path = path[1:] if _DRIVE.match(path[1:]) else path
    if "\\" in path and ("/" not in path or _DRIVE.match(path)):
        path = path.replace("\\", "/")
    path = posixpath.normpath(path) if path else ""
    base = root.replace("\\", "/").rstrip("/")
    if base and path.startswith(base + "/"):
        path = path[len(base) + 1 :]
    return "" if path in {".", "/"} else printable(path, max_chars=MAX_PATH)


def sentences(parts: Iterable[str]) -> str:
    """Return texts as sentences of one message."""
    said = (part.rstrip(" .") + ("" if part.endswith(("!", "?", ":")) else ".") for part in parts if part)
    return text(" ".join(said), MAX_MESSAGE)
