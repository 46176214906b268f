"""What stands around the findings of a report in the tree that it is about: by it they are known again when they move.

A report quotes a line or a few; the tree has the whole statement, what encloses it and the lines beside it. Where the
report does not say what encloses a line, the tree does, and the finding is called by it (`identity.of_code`): one line
in two functions is two findings, and stays that whichever is repaired. No value is kept: see `findings.sights`. A tree
that is another than the report's (the line reads differently) tells nothing; neither does a file outside of it, or a
large one.
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
_MAX_ABOVE: Final = 2000  # lines in which the name of what encloses is looked for
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
        secret = finding.practice == "exposure"
        around = list(_around(lines, finding.line, secret=secret))
        inside = _scope(lines, finding.line)
        around += [sights.INSIDE + inside] if inside else []
        known = [one for one in finding.context if not one.startswith((sights.BEFORE, sights.AFTER))]
        return finding._replace(context=(*known, *around), fingerprint=_called(finding, line, inside))

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


def _around(lines: list[str], line: int, *, secret: bool) -> Iterator[str]:
    last = line
    if not secret:
        last = _end(lines, line)
        statement = "\n".join(one[:_MAX_CHARS] for one in lines[line - 1 : last])
        yield from (printable(elided(one.strip()), max_chars=_MAX_CHARS) for one in statement.split("\n")[1:])
        yield sights.whole_mark("\n".join(map(identity.uncommented, statement.split("\n"))))
    above = (_safe(one, secret=secret) for one in reversed(lines[max(0, line - 30) : line - 1]))
    yield from sights.near(sights.BEFORE, above)
    yield from sights.near(sights.AFTER, (_safe(one, secret=secret) for one in lines[last : last + 30]))


def _called(finding: Finding, line: str, inside: str) -> str:
    """Return the fingerprint, with what encloses the line where it was made of the line alone."""
    path = str(finding.file)
    if finding.practice == "exposure":
        if not inside or finding.fingerprint != identity.of_credential(finding.rule, path, ""):
            return finding.fingerprint
        named = _NAME.search(line[:_MAX_CHARS])
        return identity.of_credential(finding.rule, path, f"{inside}.{named[1] if named else ''}")
    family = identity.rule_family(finding.cwe, finding.rule)
    context = identity.CodeContext(path, snippet=line)
    if not inside or finding.fingerprint != identity.of_code(family, finding.rule, context):
        return finding.fingerprint
    return identity.of_code(family, finding.rule, context._replace(symbol=inside))


def _safe(line: str, *, secret: bool) -> str:
    """Return a line without its values; beside a credential only what stands before a value could."""
    line = identity.uncommented(line[:_MAX_CHARS])
    return elided(re.split(r"[=:]", line, maxsplit=1)[0] if secret else line)


def _end(lines: list[str], line: int) -> int:
    """Return the last line of the statement: while a bracket is open, or the next line is told to belong to it."""
    depth = 0
    for number in range(line, min(line + _MAX_LINES, len(lines) + 1)):
        bare = elided(lines[number - 1][:2000])
        depth += sum(bare.count(one) for one in "([{") - sum(bare.count(one) for one in ")]}")
        if depth <= 0 and not bare.rstrip().endswith("\\"):
            return number
    return line if depth > 0 else min(line + _MAX_LINES - 1, len(lines))


def _scope(lines: list[str], line: int) -> str:
    """Return the name of the nearest function or class above that is indented less."""
    own = lines[line - 1]
    indent = len(own) - len(own.lstrip())
    for one in reversed(lines[max(0, line - 1 - _MAX_ABOVE) : line - 1]):
        if (found := _SCOPE.match(one[:_MAX_CHARS])) and len(found[1]) < max(indent, 1):
            return printable(found[2], max_chars=80)
    return ""
