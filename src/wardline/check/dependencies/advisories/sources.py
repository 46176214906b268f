"""Where advisories come from: OSV's bucket layout, a zip, a folder of loose records, or one record. All untrusted.

The layouts: `<Ecosystem>/all.zip` with entries `<ID>.json` (the bucket that https://google.github.io/osv.dev/data/
documents), loose `*.json` beside or instead of them, flat or one folder deep, and zips of any other name at the top.
Listing opens no record and is on the way of every check: a `stat` for each file. `documents` reads them.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel.errors import WardlineError
from wardline.kernel.text import printable

MAX_LOOSE: Final = 1_000_000
_MAX_LIST_BYTES: Final = 1024 * 1024
_ECOSYSTEMS: Final = "ecosystems.txt"
_NOT_RECORDS: Final = frozenset({"known_exploited_vulnerabilities.json"})  # CISA's catalogue, kept beside a mirror
_HINT: Final = "get them with `wardline advisories sync`, or name a folder, a zip or a record with --advisories"


class AdvisoriesMissingError(WardlineError):
    """There are no advisories where they were looked for: nothing can be said about any package."""

    code = "advisories-missing"


class Problem(NamedTuple):
    """A source, or a part of one, that was not read: its name and the reason, both fit to show."""

    name: str
    reason: str


class Part(NamedTuple):
    """One source file or a folder's loose records. `stamp` changes when it does: path, size, mtime and inode.

    `ecosystem` is the bucket folder's name, None where the records alone say what they are about.
    """

    kind: str  # "zip" or "loose"
    path: Path
    ecosystem: str | None
    stamp: str
    files: tuple[str, ...] = ()  # of a loose part: the records' paths from `path`


class Listing(NamedTuple):
    """All parts of a source, what `ecosystems.txt` promises, and what was met and not understood."""

    parts: tuple[Part, ...]
    promised: tuple[str, ...]
    problems: tuple[Problem, ...]


def listing(source: Path) -> Listing:
    """Return the parts of a source, in a fixed order, without opening any.

    Raises: `AdvisoriesMissingError` where the source is not there or holds nothing that looks like advisories.
    """
    try:
        facts = source.stat()
        if stat.S_ISREG(facts.st_mode):
            return _single(source, facts)
        if not stat.S_ISDIR(facts.st_mode):
            raise AdvisoriesMissingError(f"{_shown(source)} is neither a folder nor a file", hint=_HINT)
        found = _folder(source)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise AdvisoriesMissingError(f"no advisories at {_shown(source)}: {reason}", hint=_HINT) from error
    if not found.parts:
        raise AdvisoriesMissingError(f"no advisories in {_shown(source)}: no all.zip and no record", hint=_HINT)
    return found


def _single(source: Path, facts: os.stat_result) -> Listing:
    if source.suffix.lower() == ".zip":
        named = source.name == "all.zip"
        part = Part("zip", source, _parent(source) if named else None, _stamp(source.name, facts))
    else:
        part = Part("loose", source.parent, None, _stamp(source.name, facts), (source.name,))
    return Listing((part,), (), ())


def _shown(path: Path) -> str:
    return printable(str(path))


def _parent(source: Path) -> str | None:
    return printable(source.absolute().parent.name) or None


def _folder(source: Path) -> Listing:
    """List a folder: sub-folders first become zips, then everything loose becomes one part."""
    parts: list[Part] = []
    loose: list[str] = []
    stamps: list[str] = []
    problems: list[Problem] = []
    promised: tuple[str, ...] = ()
    for prefix, entry in _entries(source, problems):
        name = prefix + entry.name
        facts = _facts(entry, name, problems)
        if facts is None:
            continue
        if entry.name == "all.zip" and prefix:
            parts.append(Part("zip", source / name, printable(prefix.rstrip("/")), _stamp(name, facts)))
        elif entry.name.endswith(".zip"):
            parts.append(Part("zip", source / name, None, _stamp(name, facts)))
        elif entry.name == _ECOSYSTEMS and not prefix:
            promised = _promised(source / name)
        elif entry.name.endswith(".json") and entry.name not in _NOT_RECORDS:
            loose.append(name)
            stamps.append(_stamp(name, facts))
    if len(loose) > MAX_LOOSE:
        problems.append(Problem(_shown(source), f"more than {MAX_LOOSE:,} loose records; keep them in a zip"))
        loose = loose[:MAX_LOOSE]
    if loose:
        from hashlib import sha256

        digest = sha256("\n".join(stamps).encode("utf-8", "surrogatepass")).hexdigest()
        parts.append(Part("loose", source, None, digest, tuple(loose)))
    return Listing(tuple(parts), promised, tuple(problems))


def _entries(source: Path, problems: list[Problem]) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Yield a folder's entries and those of its sub-folders, by name; hidden ones are nobody's advisories."""
    with os.scandir(source) as found:
        top = sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name)
    for entry in top:
        if not entry.is_dir():
            yield "", entry
            continue
        try:
            with os.scandir(entry.path) as found:
                below = sorted((inner for inner in found if not inner.name.startswith(".")), key=lambda e: e.name)
        except OSError as error:
            problems.append(Problem(printable(entry.name), f"cannot be listed: {error.strerror}"))
            continue
        yield from ((f"{entry.name}/", inner) for inner in below)


def _facts(entry: "os.DirEntry[str]", name: str, problems: list[Problem]) -> os.stat_result | None:
    """Return a regular file's facts (a link to one counts); everything else that looks like data is a problem."""
    if not entry.name.endswith((".json", ".zip", ".txt")):
        return None
    try:
        facts = entry.stat()
    except OSError as error:
        problems.append(Problem(printable(name), f"cannot be looked at: {error.strerror}"))
        return None
    if stat.S_ISREG(facts.st_mode):
        return facts
    problems.append(Problem(printable(name), "not a regular file"))
    return None


def _promised(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as file:
            lines = file.read(_MAX_LIST_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    names = (line.strip() for line in lines[:10_000])
    return tuple(printable(name, max_chars=100) for name in names if name and not name.startswith("#"))


def _stamp(name: str, facts: os.stat_result) -> str:
    return f"{printable(name)}|{facts.st_size}|{facts.st_mtime_ns}|{facts.st_ino}"
