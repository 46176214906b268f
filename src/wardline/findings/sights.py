"""What a finding in code is known again by, and how much two of them look like one that moved or was touched. Pure.

All of it stands in `Finding.context`, without values: lines of what is wrong itself; " @" and the names of what
encloses it; " -" and " +" and digits that stand for the telling lines before and after it; "#" and digits for its first
line (`identity.line_mark`), "=" and digits for the whole statement, however it is written and broken.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from wardline.findings.report import Finding, fingerprint

BEFORE: Final = " -"
AFTER: Final = " +"
INSIDE: Final = " @"
NEIGHBOURS: Final = 3  # telling lines on each side
_MARK: Final = re.compile(r"#[0-9a-f]{16}")
_WHOLE: Final = re.compile(r"=[0-9a-f]{16}")
_WORD: Final = re.compile(r"[A-Za-z_]\w*|\d+|[^\w\s]")
_SAID: Final = re.compile(r"\w+")
_WRITING: Final = re.compile(r"[\s()\[\]{},;'\"`\\]+")
_PREFIX: Final = re.compile(r"\b[uU](?=[\"'])")  # Python 2's mark of a text
_SHINGLE: Final = 3
_ALIKE: Final = 0.95  # of two statements that are not the same: their values may differ
_BEGUN: Final = 0.6  # of two statements whose first lines are the same
_TELLING: Final = 3  # letters of a neighbour: one that has fewer ("}", ")") stands everywhere


class Sight(NamedTuple):
    """One finding as it is looked at."""

    file: str
    name: str
    folders: frozenset[str]
    line: int | None
    words: frozenset[str]
    around: frozenset[tuple[str, ...]]
    message: str
    mark: str
    whole: str
    inside: str
    near: frozenset[str]


def near(side: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield what stands for the telling ones of some lines without their values, the nearest first."""
    left = NEIGHBOURS
    for line in lines:
        words = _SAID.findall(line)
        if left and sum(map(len, words)) >= _TELLING:
            left -= 1
            yield side + fingerprint("near", *words)[:8]


def bare(statement: str) -> str:
    """Return a statement without how it is written and broken: no space, quotes and their prefix, brackets, commas."""
    return _WRITING.sub("", _PREFIX.sub("", statement))


def whole_mark(statement: str) -> str:
    """Return what stands for a whole statement, however it is written: "=" and 16 digits, "" where it says nothing."""
    said = bare(statement)
    return f"={fingerprint('statement', said)[:16]}" if said else ""


def sight(finding: Finding) -> Sight:
    """Return what a finding is known again by."""
    file = finding.file or (finding.location.value if finding.location else "")
    path = PurePosixPath(file)
    own: list[str] = []
    mark = whole = inside = ""
    beside: list[str] = []
    for line in finding.context:
        if line.startswith((BEFORE, AFTER)):
            beside.append(line)
        elif line.startswith(INSIDE):
            inside = line[len(INSIDE) :].rpartition(" ")[2]
        elif _MARK.fullmatch(line):
            mark = line
        elif _WHOLE.fullmatch(line):
            whole = line
        else:
            own += _WORD.findall(line)
    return Sight(
        file=file,
        name=path.name,
        folders=frozenset(path.parts[:-1]),
        line=finding.line,
        words=frozenset(own),
        around=frozenset(zip(*(own[start:] for start in range(_SHINGLE)), strict=False)),
        message=finding.message,
        mark=mark,
        whole=whole,
        inside=inside,
        near=frozenset(beside),
    )


def likeness(old: Sight, new: Sight) -> float:
    """Return how much two findings look like one that moved: 0 to 1.

    Where it is known what stands around both: the text (0.5), the neighbours (0.3), what encloses them (0.2); without a
    text the file instead. Else the file (0.35), the text (0.5) and the message (0.15); without any text the file, the
    line and the message.
    """
    place = _place(old, new)
    message = 1.0 if old.message == new.message else 0.0
    known = bool(old.words and new.words)
    share = same_text(old, new) if known else 0.0
    if known and (share < 0.4 or not (share == 1 or placed(old, new, here=not (old.near and new.near)))):
        return 0.0  # in the same file, and yet something else
    if old.near and new.near:
        beside = min(1.0, neighbours(old, new) / min(NEIGHBOURS, len(old.near), len(new.near)))
        around = 0.3 * beside + 0.2 * (old.inside == new.inside != "")
        return 0.5 * share + around if known else 1.4 * around + 0.3 * place
    if known:
        return 0.35 * place + 0.5 * share + 0.15 * message
    if place < 0.8:  # another file, and nothing to know it by
        return 0.0
    at = 0.0
    if old.line is not None and new.line is not None:
        at = 1.0 if old.line == new.line else max(0.0, 1 - abs(old.line - new.line) / 50) * 0.8
    return 0.45 * place + 0.25 * at + 0.3 * message


def same_text(old: Sight, new: Sight) -> float:
    """Return how much of their own text two have in common: 1 for one line or statement, however it is broken."""
    if (old.whole and old.whole == new.whole) or (old.mark == new.mark != "" and not (old.whole and new.whole)):
        return 1.0
    if old.whole and new.whole and not (old.words or new.words):
        return 0.0  # nothing else is known of them
    share = _share(old.words, new.words)
    if old.around and new.around:
        share = (share + _share(old.around, new.around)) / 2
    if not (old.whole and new.whole):
        return share
    return min(max(share, _BEGUN) if old.mark == new.mark != "" else share, _ALIKE)


def neighbours(old: Sight, new: Sight) -> int:
    """Return how many of the telling lines before and after are the same."""
    return len(old.near & new.near)


def placed(old: Sight, new: Sight, *, here: bool) -> bool:
    """Return whether what stands around two says that they are in one place, though their texts are only alike.

    `here`: the lines that are known on both sides say that the one is where the other was.
    """
    around = neighbours(old, new)
    begun = old.mark == new.mark != ""  # the first line of a longer statement, of which another line was touched
    return here or (old.inside == new.inside and around > (1 - begun if old.inside else NEIGHBOURS))


def _place(old: Sight, new: Sight) -> float:
    if old.file == new.file:
        return 1.0
    return 0.8 if old.name == new.name else 0.4 * _share(old.folders, new.folders)


def _share(one: frozenset[object] | frozenset[str], other: frozenset[object] | frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 1.0
