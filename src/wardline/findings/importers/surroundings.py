"""What stands around the findings of a report in the tree that it is about: by it they are known again when they move.

A report quotes a line or a few; the tree has the whole statement, what encloses it and the lines beside it. Where the
report has a line and not what encloses it, the tree has, and the finding is called by that and by the whole statement
(`identity.of_code`): one line in two functions is two findings, and stays that whichever is repaired. No value is kept:
see `findings.sights`. A tree that is another than the report's (the line reads differently) tells nothing; neither does
a file outside of it, or a large one.
"""

import re
import stat
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from wardline.findings import identity, sights
from wardline.findings.importers.building import elided
from wardline.findings.report import Finding
from wardline.kernel.text import printable

_MAX_BYTES: Final = 2 * 1024 * 1024
_MAX_LINES: Final = 20  # of a statement
_MAX_CHARS: Final = 200
_NEAR: Final = 30  # lines in which the telling ones beside it are looked for
_MAX_ABOVE: Final = 2000  # lines in which the name of what encloses is looked for
_MAX_SCOPES: Final = 4
_FILES: Final = 16
_PRACTICES: Final = frozenset({"code", "pipeline", "exposure"})
_NAME: Final = re.compile(r"\b([A-Za-z_][\w.-]{0,60})[\"']?\s{0,3}[=:]")
_SCOPE: Final = re.compile(
    r"(\s{0,100})(?:[a-z]{1,12}\s{1,4}){0,4}(?:def|class|function|func|fn|sub|module|interface|struct|trait|impl)\s{1,4}"
    r"(?:\([^()]{0,100}\)\s?)?([A-Za-z_$][\w$]{0,80})"
)


class Surroundings:
    """The tree that a report is about."""

    def __init__(self, root: str) -> None:
        """Take the absolute path of the tree."""
        self._root: Final = Path(root)
        self._lines: Final = lru_cache(maxsize=_FILES)(self._read)

    def told(self, finding: Finding) -> Finding:
        """Return the finding with what stands around it, where the tree tells."""
        if finding.practice not in _PRACTICES or not finding.file or not finding.line or finding.package:
            return finding
        lines = self._lines(finding.file)
        if finding.line > len(lines):
            return finding
        line = lines[finding.line - 1]
        mark = identity.line_mark(line)
        quoted = next((one for one in finding.context if one.startswith("#")), mark)
        if quoted != mark:
            return finding
        inside = _scope(lines, finding.line)
        if finding.practice == "exposure":
            around = list(_beside(lines, finding.line, finding.line, secret=True))
            called = _credential(finding, line, inside)
        else:
            statement = _statement(lines, finding.line)
            text = "\n".join(map(identity.uncommented, statement))
            around = [printable(elided(one.strip()), max_chars=_MAX_CHARS) for one in statement[1:]]
            around += [sights.whole_mark(text)]
            around += _beside(lines, finding.line, finding.line + len(statement) - 1, secret=False)
            called = _code(finding, line, text, inside)
        around += [sights.INSIDE + inside] if inside else []
        known = [one for one in finding.context if not one.startswith((sights.BEFORE, sights.AFTER))]
        return finding._replace(context=(*known, *filter(None, around)), fingerprint=called)

    def _read(self, file: str) -> list[str]:
        """Return the lines of a file inside the tree; none where it cannot be read."""
        path = self._root / file
        try:
            real = path.resolve()
            about = real.stat()
            if not real.is_relative_to(self._root.resolve()) or not stat.S_ISREG(about.st_mode):
                return []
            if about.st_size > _MAX_BYTES:
                return []
            return re.split(r"\r\n|\r|\n", real.read_bytes().decode("utf-8", "replace"))
        except (OSError, ValueError, RuntimeError):
            return []


def _beside(lines: list[str], first: int, last: int, *, secret: bool) -> Iterator[str]:
    above = (_safe(one, secret=secret) for one in reversed(lines[max(0, first - 1 - _NEAR) : first - 1]))
    yield from sights.near(sights.BEFORE, above)
    yield from sights.near(sights.AFTER, (_safe(one, secret=secret) for one in lines[last : last + _NEAR]))


def _credential(finding: Finding, line: str, inside: str) -> str:
    """Return the fingerprint, with what encloses the value where it was made of the file alone."""
    path = str(finding.file)
    if not inside or finding.fingerprint != identity.of_credential(finding.rule, path, ""):
        return finding.fingerprint
    named = _NAME.search(line[:_MAX_CHARS])
    return identity.of_credential(finding.rule, path, f"{inside}.{named[1] if named else ''}")


def _code(finding: Finding, line: str, statement: str, inside: str) -> str:
    """Return the fingerprint, with the whole statement and what encloses it where it was made of the line alone."""
    family = identity.rule_family(finding.cwe, finding.rule)
    context = identity.CodeContext(str(finding.file), snippet=line)
    if finding.fingerprint != identity.of_code(family, finding.rule, context):
        return finding.fingerprint
    whole = sights.bare(statement) or line
    return identity.of_code(family, finding.rule, context._replace(symbol=inside, snippet=whole))


def _safe(line: str, *, secret: bool) -> str:
    """Return a line without its values; beside a credential only what stands before a value could."""
    line = identity.uncommented(line[:_MAX_CHARS])
    return elided(re.split(r"[=:]", line, maxsplit=1)[0] if secret else line)


def _statement(lines: list[str], first: int) -> list[str]:
    """Return the lines of a statement: while a bracket is open, or a line says that it goes on."""
    depth = 0
    found: list[str] = []
    for line in lines[first - 1 : first - 1 + _MAX_LINES]:
        found.append(line[:_MAX_CHARS])
        bare = elided(line[:2000])
        depth += sum(bare.count(one) for one in "([{") - sum(bare.count(one) for one in ")]}")
        if depth <= 0 and not bare.rstrip().endswith("\\"):
            break
    return found


def _scope(lines: list[str], line: int) -> str:
    """Return the names of the functions and classes that enclose a line, by how far they are indented; outermost first.

    No dot is between them: it is not told here which module they are in.
    """
    own = lines[line - 1]
    indent = max(1, len(own) - len(own.lstrip()))
    names: list[str] = []
    for one in reversed(lines[max(0, line - 1 - _MAX_ABOVE) : line - 1]):
        if (found := _SCOPE.match(one[:_MAX_CHARS])) and len(found[1]) < indent:
            indent = len(found[1])
            names.insert(0, printable(found[2], max_chars=80))
            if indent == 0 or len(names) == _MAX_SCOPES:
                break
    return " ".join(names)
