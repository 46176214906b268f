"""Which new finding is an old one that moved: pairs that can be told without doubt, by what stands around them. Pure.

A fingerprint stays while the wrong thing stays where it is. Where a file is renamed, a function moves, or the line
itself is touched, the tool gives a new fingerprint for the same wrong thing; opening a new finding then would stop its
clock. So what a report no longer has is held against what it newly has, of the same practice and rule:

1. by the mark of the line (`identity.line_mark`): the same line, once on both sides, is the same; where a file with
   several of one line moved as a whole, they are told in their order;
2. by order: in two states of one file (which may have another name: `renamed`) what stays keeps its order, between the
   places that are known on both sides; a pair counts where no other alignment is nearly as good, where half of its
   words stay, and where the lines around it or the distance to a known place say that it is in one place (`alignment`);
3. by likeness: 1 for the same file name, message, context; less the less of it agrees; nothing in common is 0. A pair
   counts where its likeness reaches `ENOUGH` and both sides like nobody else nearly as much (`MARGIN`);
4. whatever else is like several stays unmatched: it opens and closes, which is seen, rather than being guessed.

A vulnerable dependency has neither file nor version in its fingerprint, so it is not matched by likeness: it is another
bug, unless it is one of the same package under another of the ids that its advisories share (a CVE id that was given
later to what had only a GHSA id).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from wardline.findings import sights
from wardline.findings.alignment import Anchors, certain
from wardline.findings.report import Finding
from wardline.findings.sights import Sight

ENOUGH: Final = 0.6
MARGIN: Final = 0.1
MOST: Final = (
    400  # of one rule on each side: of more, only those are compared that have something around them in common
)
_ENOUGH_OF_SOME: Final = 0.8  # where not even all of those are
_Key = TypeVar("_Key", str, int)
_NEVER: Final = frozenset({"dependencies", "policy", "pentest"})
_CELLS: Final = 250_000  # of two states of one file: more are not aligned
_AROUND: Final = 2  # lines around it that say where it is: one stands in many places
_KEPT: Final = 0.5  # of the words of a line, where it was touched


class Pairs(NamedTuple):
    """Which old finding (by its key) each new one (by its place in the sequence) is; and how many could be several."""

    matched: Mapping[int, str]
    ambiguous: int


class Stay(NamedTuple):
    """A finding that kept its fingerprint: its file and line before and now."""

    file: str
    line: int
    new_file: str
    new_line: int


def pairs(gone: Mapping[str, Finding], new: Sequence[Finding], stayed: Iterable[Stay] = ()) -> Pairs:
    """Return which of `new` are findings of `gone` that moved; those that `stayed` say where in a file a line went."""
    rules: dict[tuple[str, str], _Sides] = {}
    matched: dict[int, str] = {}
    for key, finding in gone.items():
        rules.setdefault((finding.practice, finding.rule), _Sides({}, {})).old[key] = sights.sight(finding)
    for number, finding in enumerate(new):
        if (finding.practice, finding.rule) in rules:
            rules[finding.practice, finding.rule].new[number] = sights.sight(finding)
    for practice, rule in [key for key in rules if key[0] in _NEVER]:
        sides = rules.pop((practice, rule))
        if practice == "dependencies":
            matched.update(_of_packages({key: gone[key] for key in sides.old}, {one: new[one] for one in sides.new}))
    told = [sides for _, sides in sorted(rules.items()) if sides.new]
    for sides in told:
        sides.take(_of_marks(sides.old, sides.new))
    _of_order(told, stayed)
    ambiguous = 0
    for sides in told:
        sides.take(_of_marks(sides.old, sides.new))
        ambiguous += _of_likeness(sides)
        matched.update(sides.found)
    return Pairs(matched, ambiguous)


class _Sides:
    """What is gone and what is new of one rule; `old` and `new` hold those that are not found yet."""

    def __init__(self, old: dict[str, Sight], new: dict[int, Sight]) -> None:
        self.old: Final = old
        self.new: Final = new
        self.found: Final[dict[int, str]] = {}
        self.moves: Final[list[Stay]] = []

    def take(self, found: Mapping[int, str]) -> None:
        """Take pairs out of the others' way."""
        for number, key in found.items():
            self.found[number] = key
            old, new = self.old.pop(key), self.new.pop(number)
            if old.line and new.line:
                self.moves.append(Stay(old.file, old.line, new.file, new.line))


def likeness(old: Finding, new: Finding) -> float:
    """Return how much two findings of one rule look like one that moved: 0 to 1."""
    return sights.likeness(sights.sight(old), sights.sight(new))


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


def _of_order(told: Sequence[_Sides], stayed: Iterable[Stay]) -> None:
    """Find what kept its order in its file; then what went to another file together, and kept its order there."""
    stays = list(stayed)
    for elsewhere in (False, True):
        moves = [*(move for sides in told for move in sides.moves), *stays]
        known: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for move in moves:
            known.setdefault((move.file, move.new_file), []).append((move.line, move.new_line))
        if elsewhere:
            files = sorted((pair for pair in known if pair[0] != pair[1]), key=lambda pair: (-len(known[pair]), pair))
        else:
            files = sorted(renamed(told, moves).items())
        _of_files(told, {pair: Anchors(known.get(pair, ())) for pair in files})
    _of_files(told, {pair: Anchors(()) for pair in _alike(told)})


def _alike(told: Sequence[_Sides]) -> list[tuple[str, str]]:
    """Return the files where the most that is left stands between the same lines, each the other's best."""
    beside: dict[str, tuple[Counter[str], Counter[str]]] = {}
    for sides in told:
        for side, sights_of_it in enumerate((sides.old.values(), sides.new.values())):
            for one in sights_of_it:
                for line in one.near:
                    beside.setdefault(line, (Counter(), Counter()))[side][one.file] += 1
    votes: Counter[tuple[str, str]] = Counter()
    for gone, come in beside.values():
        if len(gone) == 1 == len(come):  # a line that stands in many files says nothing
            (old, times), (new, again) = *gone.items(), *come.items()
            votes[old, new] += min(times, again)
    best: dict[tuple[int, str], int] = {}
    for pair, count in votes.items():
        for side, file in enumerate(pair):
            best[side, file] = max(count, best.get((side, file), 0))
    return sorted(pair for pair, count in votes.items() if count == best[0, pair[0]] == best[1, pair[1]])


def _of_files(told: Sequence[_Sides], anchors: Mapping[tuple[str, str], Anchors]) -> None:
    for sides in told:
        before, after = _by_file(sides.old), _by_file(sides.new)
        for pair, places in anchors.items():
            old = [key for key in before.get(pair[0], ()) if key in sides.old]
            new = [number for number in after.get(pair[1], ()) if number in sides.new]
            if old and new:
                sides.take(_aligned(sides, old, new, places))


def _aligned(sides: _Sides, old: Sequence[str], new: Sequence[int], places: Anchors) -> dict[int, str]:
    """Return the certain pairs of what is flagged in two states of one file, between each two places that are known."""
    gaps: dict[int, tuple[list[str], list[int]]] = {}
    for key in old:
        gaps.setdefault(places.gap(old=sides.old[key].line or 0), ([], []))[0].append(key)
    for number in new:
        gaps.setdefault(places.gap(new=sides.new[number].line or 0), ([], []))[1].append(number)
    found: dict[int, str] = {}
    for keys, numbers in gaps.values():
        if not keys or not numbers or len(keys) * len(numbers) > _CELLS:
            continue
        score = _scores(sides, keys, numbers, places)
        for row, column, _ in certain(len(keys), len(numbers), score, margin=MARGIN):
            found[numbers[column]] = keys[row]
    return found


def _scores(sides: _Sides, keys: Sequence[str], numbers: Sequence[int], places: Anchors) -> Callable[[int, int], float]:
    """Return what says how much a row and a column are one: 0 where too little of the words, or of the place, stays."""

    def score(row: int, column: int) -> float:
        old, new = sides.old[keys[row]], sides.new[numbers[column]]
        share = sights.same_text(old, new)
        if share < _KEPT:
            return 0.0
        around = sights.neighbours(old, new)
        inside = old.inside == new.inside != ""
        here = places.agree(old.line or 0, new.line or 0)
        if share < 1 and old.near and new.near and not sights.placed(old, new, here=here):
            return 0.0
        if around < _AROUND and not inside and not here:
            return 0.0
        return 0.5 * share + 0.1 * min(around, sights.NEIGHBOURS) + 0.1 * inside + 0.1 * here

    return score


def _by_file(found: Mapping[_Key, Sight]) -> dict[str, list[_Key]]:
    """Return the findings of each file in the order of their lines."""
    files: dict[str, list[_Key]] = {}
    for key, sight in sorted(found.items(), key=lambda item: (item[1].line or 0, sorted(item[1].words))):
        files.setdefault(sight.file, []).append(key)
    return files


def renamed(told: Sequence[_Sides], moves: Iterable[Stay]) -> dict[str, str]:
    """Return under which name each file is now: its own; else where its findings went; else the one most alike."""
    gone = {sight.file for sides in told for sight in sides.old.values()}
    come = {sight.file for sides in told for sight in sides.new.values()}
    files = {file: file for file in gone & come}
    votes: dict[str, Counter[str]] = {}
    for move in moves:
        if move.file in gone and move.new_file in come:
            votes.setdefault(move.file, Counter())[move.new_file] += 1
    named = Counter(map(_name, gone - files.keys()))
    by_name: dict[str, list[str]] = {}
    for file in come - files.keys():
        by_name.setdefault(_name(file), []).append(file)
    for file in sorted(gone - files.keys()):
        best = votes.get(file, Counter()).most_common(2)
        if best and (len(best) == 1 or best[0][1] > best[1][1]):
            files[file] = best[0][0]
        elif not best and named[_name(file)] == 1 and len(likely := by_name.get(_name(file), [])) == 1:
            files[file] = likely[0]
    return files


def _name(file: str) -> str:
    return file.rpartition("/")[2]


def _of_likeness(sides: _Sides) -> int:
    """Find what looks like one that moved and like nothing else; return how many could be several."""
    old, new = dict(sides.old), dict(sides.new)
    if max(len(old), len(new)) <= MOST:
        compared, enough = {(key, number) for key in old for number in new}, ENOUGH
    else:
        compared, whole = _neighbourly(old, new)
        enough = ENOUGH if whole else _ENOUGH_OF_SOME
    scores = {(key, number): sights.likeness(old[key], new[number]) for key, number in compared}
    scores = {pair: score for pair, score in scores.items() if score > enough - MARGIN}
    while sure := _sure(scores, enough):  # a pair that is certain takes both out of the others' way
        sides.take(sure)
        keys = set(sure.values())
        scores = {pair: score for pair, score in scores.items() if pair[0] not in keys and pair[1] not in sure}
    alike = {key for (key, _), score in scores.items() if score >= enough}
    return len(alike) if compared else min(len(old), len(new))


def _neighbourly(old: Mapping[str, Sight], new: Mapping[int, Sight]) -> tuple[set[tuple[str, int]], bool]:
    """Return the pairs of many that have a line beside them in common, or their text and what encloses them.

    No other pair whose surroundings are known reaches `ENOUGH`. What stands beside few goes first: where there are more
    pairs than `MOST` on each side have, the lines that stand everywhere are left out, and it is said that they are.
    """
    gone: dict[tuple[str, ...], list[str]] = {}
    come: dict[tuple[str, ...], list[int]] = {}
    for key, sight in old.items():
        for one in _around(sight):
            gone.setdefault(one, []).append(key)
    for number, sight in new.items():
        for one in _around(sight):
            if one in gone:
                come.setdefault(one, []).append(number)
    found: set[tuple[str, int]] = set()
    for one in sorted(come, key=lambda one: (len(gone[one]) * len(come[one]), one)):
        if len(found) + len(gone[one]) * len(come[one]) > MOST * MOST:
            return found, False
        found.update((key, number) for key in gone[one] for number in come[one])
    return found, True


def _around(sight: Sight) -> Iterator[tuple[str, ...]]:
    yield from ((one,) for one in sight.near)
    if sight.inside and (sight.whole or sight.mark):
        yield sight.inside, sight.whole or sight.mark


def _sure(scores: Mapping[tuple[str, int], float], enough: float) -> dict[int, str]:
    """Return the pairs where neither side likes anybody else nearly as much."""
    most: dict[str | int, tuple[float, float]] = {}
    for pair, score in scores.items():
        for side in pair:
            first, second = most.get(side, (0.0, 0.0))
            most[side] = (score, first) if score > first else (first, max(score, second))
    sure = {}
    for (key, number), score in scores.items():
        rival = max(most[key][1], most[number][1])
        if score >= enough and score == most[key][0] == most[number][0] and rival <= score - MARGIN:
            sure[number] = key
    return sure


def _of_marks(old: Mapping[str, Sight], new: Mapping[int, Sight]) -> dict[int, str]:
    """Return pairs of the same text: those that are one of a kind, then those of files of one name in their order."""
    found: dict[int, str] = {}
    for kind in (_all_of_it, _text, _folder_and_text, _file_and_text):
        gone: dict[tuple[str, ...], list[str]] = {}
        come: dict[tuple[str, ...], list[int]] = {}
        taken = set(found.values())
        for key, sight in old.items():
            if (sight.mark or sight.whole) and key not in taken:
                gone.setdefault(kind(sight), []).append(key)
        for number, sight in new.items():
            if (sight.mark or sight.whole) and number not in found:
                come.setdefault(kind(sight), []).append(number)
        for text, keys in gone.items():
            numbers = come.get(text, [])
            in_one = len({old[key].file for key in keys}) == 1 == len({new[number].file for number in numbers})
            if len(keys) == len(numbers) and (len(keys) == 1 or (kind is _file_and_text and in_one)):
                keys.sort(key=lambda key: (old[key].line or 0, key))
                numbers.sort(key=lambda number: (new[number].line or 0, number))
                found.update(zip(numbers, keys, strict=True))
    return found


def _all_of_it(sight: Sight) -> tuple[str, ...]:
    """Return all that is known of it; of what has nothing beside it the name of its file is a part."""
    around = (sight.inside, *sorted(sight.near)) if sight.near else (sight.name,)
    return (sight.whole or sight.mark, *around)


def _text(sight: Sight) -> tuple[str, ...]:
    """Return the text; of what has nothing beside it what is the same in any file: the mark of its line."""
    return (sight.whole or sight.mark if sight.near else sight.mark or sight.whole,)


def _folder_and_text(sight: Sight) -> tuple[str, ...]:
    """Return the text in its folder: where nothing else is known of it, a file that only has another name is near."""
    return (*_text(sight), sight.file.rpartition("/")[0], sight.name if sight.near else "")


def _file_and_text(sight: Sight) -> tuple[str, ...]:
    return (sight.whole or sight.mark, sight.name)
