"""Which new finding is an old one that moved: pairs that can be told without doubt, by what stands around them. Pure.

A fingerprint stays while the wrong thing stays where it is. Where a file is renamed, a function moves, or the line
itself is touched, the tool gives a new fingerprint for the same wrong thing; opening a new finding then would stop its
clock. So what a report no longer has is held against what it newly has, of the same practice and rule:

1. by the mark of the line (`identity.line_mark`): the same line, once on both sides, is the same; where a file with
   several of one line moved as a whole, they are told in their order;
2. by likeness: 1 for the same file name, message, context; less the less of it agrees; nothing in common is 0;
3. a pair counts where its likeness reaches `ENOUGH` and both sides like nobody else nearly as much (`MARGIN`);
4. whatever else is like several stays unmatched: it opens and closes, which is seen, rather than being guessed.

A vulnerable dependency has neither file nor version in its fingerprint, so it is not matched by likeness: it is another
bug, unless it is one of the same package under another of the ids that its advisories share (a CVE id that was given
later to what had only a GHSA id).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from wardline.findings.report import Finding

ENOUGH: Final = 0.6
MARGIN: Final = 0.1
MOST: Final = 400  # of one rule on each side: more have changed at once than can be told apart
_NEVER: Final = frozenset({"dependencies", "policy", "pentest"})
_WORD: Final = re.compile(r"[A-Za-z_]\w*|\d+|[^\w\s]")
_SHINGLE: Final = 3


class Pairs(NamedTuple):
    """Which old finding (by its key) each new one (by its place in the sequence) is; and how many could be several."""

    matched: Mapping[int, str]
    ambiguous: int


class _Sight(NamedTuple):
    file: str
    name: str
    folders: frozenset[str]
    line: int | None
    words: frozenset[str]
    around: frozenset[tuple[str, ...]]
    message: str
    mark: str


def pairs(gone: Mapping[str, Finding], new: Sequence[Finding]) -> Pairs:
    """Return which of `new` are findings of `gone` that moved."""
    rules: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
    for key, finding in gone.items():
        rules.setdefault((finding.practice, finding.rule), ([], []))[0].append(key)
    for number, finding in enumerate(new):
        if (finding.practice, finding.rule) in rules:
            rules[finding.practice, finding.rule][1].append(number)
    matched: dict[int, str] = {}
    ambiguous = 0
    for (practice, _), (before, after) in sorted(rules.items()):
        if practice == "dependencies":
            matched.update(_of_packages({key: gone[key] for key in before}, {number: new[number] for number in after}))
        if practice in _NEVER or not after:
            continue
        found, doubtful = _of_rule({key: gone[key] for key in before}, {number: new[number] for number in after})
        matched.update(found)
        ambiguous += doubtful
    return Pairs(matched, ambiguous)


def likeness(old: Finding, new: Finding) -> float:
    """Return how much two findings of one rule look like one that moved: 0 to 1."""
    return _likeness(_sight(old), _sight(new))


def _of_packages(before: Mapping[str, Finding], after: Mapping[int, Finding]) -> dict[int, str]:
    """Return which bugs of packages are the same ones under another id: where no third one shares an id with them."""
    named: dict[tuple[str, str, str], tuple[set[str], set[int]]] = {}
    for key, finding in before.items():
        for name in _names(finding):
            named.setdefault(name, (set(), set()))[0].add(key)
    for number, finding in after.items():
        for name in _names(finding):
            if name in named:
                named[name][1].add(number)
    found: dict[int, str] = {}
    for number, finding in after.items():
        old = set().union(*(named[name][0] for name in _names(finding) if name in named))
        if len(old) == 1:
            (key,) = old
            if set().union(*(named[name][1] for name in _names(before[key]))) == {number}:
                found[number] = key
    return found


def _names(finding: Finding) -> set[tuple[str, str, str]]:
    package = finding.package
    return {(package.ecosystem, package.name, one) for one in finding.advisories} if package else set()


def _of_rule(before: Mapping[str, Finding], after: Mapping[int, Finding]) -> tuple[dict[int, str], int]:
    old = {key: _sight(finding) for key, finding in before.items()}
    new = {number: _sight(finding) for number, finding in after.items()}
    matched = _of_marks(old, new)
    left_old, left_new = set(old) - set(matched.values()), set(new) - set(matched)
    if max(len(left_old), len(left_new)) > MOST:
        return matched, min(len(left_old), len(left_new))
    scores = {(key, number): _likeness(old[key], new[number]) for key in left_old for number in left_new}
    while True:  # a pair that is certain takes both out of the others' way
        certain = [
            (number, key)
            for key in left_old
            for number in left_new
            if scores[key, number] >= ENOUGH and _best(scores, key, number, left_old, left_new)
        ]
        if not certain:
            break
        for number, key in certain:
            matched[number] = key
            left_old.discard(key)
            left_new.discard(number)
    doubtful = sum(1 for key in left_old if any(scores[key, number] >= ENOUGH for number in left_new))
    return matched, doubtful


def _of_marks(old: Mapping[str, _Sight], new: Mapping[int, _Sight]) -> dict[int, str]:
    """Return pairs on the same line of text: those that are one of a kind, then those of files of one name."""
    found: dict[int, str] = {}
    for kind in (lambda sight: (sight.mark,), lambda sight: (sight.mark, sight.name)):
        gone: dict[tuple[str, ...], list[str]] = {}
        come: dict[tuple[str, ...], list[int]] = {}
        taken = set(found.values())
        for key, sight in old.items():
            if sight.mark and key not in taken:
                gone.setdefault(kind(sight), []).append(key)
        for number, sight in new.items():
            if sight.mark and number not in found:
                come.setdefault(kind(sight), []).append(number)
        for mark, keys in gone.items():
            numbers = come.get(mark, [])
            whole = len(mark) > 1 and len({old[key].file for key in keys} | {""}) == 2
            whole = whole and len({new[number].file for number in numbers} | {""}) == 2
            if len(keys) == len(numbers) and (len(keys) == 1 or whole):
                keys.sort(key=lambda key: (old[key].line or 0, key))
                numbers.sort(key=lambda number: (new[number].line or 0, number))
                found.update(zip(numbers, keys, strict=True))
    return found


def _best(
    scores: Mapping[tuple[str, int], float], key: str, number: int, old: Iterable[str], new: Iterable[int]
) -> bool:
    """Return whether neither side likes anybody else nearly as much."""
    most = scores[key, number] - MARGIN
    return all(scores[other, number] <= most for other in old if other != key) and all(
        scores[key, other] <= most for other in new if other != number
    )


def _sight(finding: Finding) -> _Sight:
    file = finding.file or (finding.location.value if finding.location else "")
    path = PurePosixPath(file)
    mark = next((line for line in finding.context if line.startswith("#")), "")
    tokens = [token for line in finding.context if line != mark for token in _WORD.findall(line)]
    return _Sight(
        file=file,
        name=path.name,
        folders=frozenset(path.parts[:-1]),
        line=finding.line,
        words=frozenset(tokens),
        around=frozenset(zip(*(tokens[start:] for start in range(_SHINGLE)), strict=False)),
        message=finding.message,
        mark=mark,
    )


def _likeness(old: _Sight, new: _Sight) -> float:
    """Weigh the file (0.35), what stands around (0.5) and the message (0.15); without context, file, line, message."""
    place = _place(old, new)
    message = 1.0 if old.message == new.message else 0.0
    if old.words and new.words:
        around = (
            (_share(old.words, new.words) + _share(old.around, new.around)) / 2
            if old.around and new.around
            else (_share(old.words, new.words))
        )
        if around < 0.4:  # in the same file, and yet something else
            return 0.0
        return 0.35 * place + 0.5 * around + 0.15 * message
    if place < 0.8:  # another file, and nothing to know it by
        return 0.0
    near = 0.0
    if old.line is not None and new.line is not None:
        near = 1.0 if old.line == new.line else max(0.0, 1 - abs(old.line - new.line) / 50) * 0.8
    return 0.45 * place + 0.25 * near + 0.3 * message


def _place(old: _Sight, new: _Sight) -> float:
    if old.file == new.file:
        return 1.0
    return 0.8 if old.name == new.name else 0.4 * _share(old.folders, new.folders)


def _share(one: frozenset[object] | frozenset[str], other: frozenset[object] | frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 1.0
