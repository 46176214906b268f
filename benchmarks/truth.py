"""Where each flagged place of one state of a project stands in the next: told from the two sources alone.

It knows nothing of fingerprints, of what importers keep of a line, or of `findings.matching`: it holds text against
text, with `git diff` (histogram, without regard to space) and Python's own syntax trees as its judges.

1. Files are paired by path; those that are in one state only, by how many lines they share (half or more, each the
   other's best).
2. Within a pair a line is the same where the diff leaves it standing; a statement of Python also where the diff of
   both files' syntax trees leaves it standing, so that black, pyupgrade or another indentation change nothing. What
   is caught is a statement: `except:` that became `except Exception:` was edited. Where neither the function nor the
   statement before nor the one after stayed, a diff left it standing by chance, as it does with what stands in every
   test (`assert r.status == 200`): that is no more than `likely`.
3. A flagged statement that went from one place and came to another with the same text moved, where what stands around
   it came along: two of the statement before, the one after and the name of what encloses it; or one of them where
   the text is one of a kind. With less than that (one of them; or none, and a text that is flagged nowhere else in
   either state) it is `likely`: it moved, or was written anew; nobody can tell. With nothing it was written anew.
4. What stands in the same hunk of a diff, in the same function, or between the same lines, and has half its words in
   common, may be the same that was edited (`Truth.alike`): keeping it and opening it anew are both right.
5. A credential is its value, wherever it stands: one that is kept open for the same rule and the same line with the
   value in it is not joined with another one. (Where it is opened anew though it stayed, 1. to 3. count that.)

A vulnerable package is the same where both states report the package with an advisory id in common.
"""

import ast
import difflib
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from wardline.findings.report import Finding

HALF = 0.5
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_SCOPE = re.compile(r"\s*(?:async\s+)?(?:def|class|function|func|fn|sub)\s+([\w.]+)")
_WORD = re.compile(r"\w+|[^\w\s]")
_BODIES = {"body", "orelse", "finalbody", "handlers", "cases", "decorator_list"}
_SAID = {"kind", "type_comment", "ctx"}


class Place(NamedTuple):
    """One reported place: what is wrong there, where, and what stands for it where it is in no line."""

    rule: tuple[str, str]
    path: str
    line: int
    about: tuple[str, ...] = ()


class Unit(NamedTuple):
    """A statement, or a line where the file is not Python: its text without how it is written, and what encloses it."""

    text: str
    scope: str
    line: int


class Source:
    """One file, as lines and as statements."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()
        self._units: list[Unit] | None = None
        self.at: dict[int, int] = {}  # line -> unit
        self.bare = ["".join(line.split()) for line in self.lines]
        self.bag = Counter(line for line in self.bare if len(line) > 3)

    @property
    def units(self) -> list[Unit]:
        """Return its statements in their order; its lines that say something where it cannot be parsed."""
        if self._units is None:
            try:
                self._units = self._statements(ast.parse(self.text))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._units = self._plain()
        return self._units

    def unit(self, line: int) -> int | None:
        """Return which unit stands in a line."""
        found = self.units and self.at.get(line)
        return found if isinstance(found, int) else None

    def _plain(self) -> list[Unit]:
        units, scope, self.at = [], "", {}
        for number, line in enumerate(self.lines, 1):
            if named := _SCOPE.match(line):
                scope = named[1]
            if bare := self.bare[number - 1]:
                self.at[number] = len(units)
                units.append(Unit(bare.replace('"', "'"), scope, number))
        return units

    def _statements(self, tree: ast.Module) -> list[Unit]:
        units: list[Unit] = []
        waiting: list[tuple[ast.stmt | ast.ExceptHandler, str]] = [(node, "") for node in reversed(tree.body)]
        while waiting:
            node, scope = waiting.pop()
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                self.at[line] = len(units)
            units.append(Unit(_header(node), scope, node.lineno))
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            inner = f"{scope}.{node.name}".lstrip(".") if named else scope  # type: ignore[attr-defined]
            waiting += [(one, inner) for one in reversed(list(_inside(node)))]
        return units


def _inside(node: ast.AST) -> Iterator[ast.stmt | ast.ExceptHandler]:
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        for one in getattr(node, name, ()):
            if isinstance(one, ast.stmt | ast.ExceptHandler):
                yield one
            else:
                yield from _inside(one)


def _header(node: ast.stmt | ast.ExceptHandler) -> str:
    """Return a statement without the statements in it: what it is, not how it is written."""
    parts = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        if name not in _BODIES:
            parts.append(_dumped(value))
    return " ".join(parts)


def _dumped(value: object) -> str:
    if isinstance(value, ast.AST):
        inner = (_dumped(part) for name, part in ast.iter_fields(value) if name not in _SAID)
        return f"{type(value).__name__}({','.join(inner)})"
    return f"[{','.join(map(_dumped, value))}]" if isinstance(value, list) else repr(value)


class State:
    """A project at one step: its files, those with something flagged as text, and the places."""

    def __init__(self, folder: Path, findings: Iterable[Finding]) -> None:
        self.paths = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        self.places: dict[Place, set[str]] = {}  # with the fingerprints under which it is reported
        self.sources: dict[str, Source] = {}
        self._texts: dict[tuple[tuple[str, str], str], Counter[tuple[str, ...]]] = {}
        for one in findings:
            if one.file and one.file not in self.sources and one.file in self.paths and not one.package:
                self.sources[one.file] = _source((folder / one.file).read_bytes())
            self.places.setdefault(_place(one), set()).add(one.fingerprint)

    def texts(self, rule: tuple[str, str], path: str) -> Counter[tuple[str, ...]]:
        """Return how often each text is flagged in each scope of a file."""
        if (rule, path) not in self._texts:
            found: Counter[tuple[str, ...]] = Counter()
            for place in self.places:
                source = self.sources.get(path)
                if source and place.rule == rule and place.path == path:
                    at = source.unit(place.line)
                    found.update(() if at is None else [source.units[at][:2]])
            self._texts[rule, path] = found
        return self._texts[rule, path]


@lru_cache(maxsize=4096)
def _source(content: bytes) -> Source:
    return Source(content.decode("utf-8", "replace"))


def _place(one: Finding) -> Place:
    rule = (one.practice, one.rule)
    if one.package:
        return Place(rule, "", 0, (one.package.ecosystem, one.package.name, *one.advisories))
    if one.file and one.line:
        return Place(rule, one.file, one.line)
    return Place(rule, one.file or "", 0, (one.location.value if one.location else one.message,))


class Twins(NamedTuple):
    """How often a text was flagged and is flagged in one scope of one file."""

    text: tuple[str, ...]
    before: int
    after: int


class Truth(NamedTuple):
    """What became of the places: the same for certain, and likely; `alike` says whether a pair may be one edited."""

    same: Mapping[Place, Place]
    likely: Mapping[Place, Place]
    old: State
    new: State
    files: Mapping[str, str]

    def twins(self, place: Place) -> "Twins | None":
        """Return what stands more than once, before or now, with the text and in the scope of a place of `new`."""
        source = self.new.sources.get(place.path)
        at = source.unit(place.line) if source else None
        if source is None or at is None:
            return None
        text = source.units[at][:2]
        names = [one for one, other in self.files.items() if other == place.path]
        before = sum(self.old.texts(place.rule, name)[text] for name in names)
        after = self.new.texts(place.rule, place.path)[text]
        return Twins((*place.rule, place.path, *text), before, after) if max(before, after) > 1 else None

    def twin(self, one: Place, other: Place) -> bool:
        """Return whether two places have one text in one scope of one file: nobody can say which is which."""
        before, after = self.old.sources.get(one.path), self.new.sources.get(other.path)
        at, to = before and before.unit(one.line), after and after.unit(other.line)
        if before is None or after is None or at is None or to is None or self.files.get(one.path) != other.path:
            return False
        return before.units[at][:2] == after.units[to][:2]

    def credential(self, one: Place, other: Place) -> bool:
        """Return whether two places hold one credential: the same line, with its value. See 5. of the module."""
        before, after = self.old.sources.get(one.path), self.new.sources.get(other.path)
        if before is None or after is None or one.rule[0] != "exposure" or one.rule != other.rule:
            return False
        lines = [source.bare[place.line - 1 : place.line] for source, place in ((before, one), (after, other))]
        return lines[0] == lines[1] != []

    def said(self, one: Place, other: Place) -> str:
        """Return both places with what stands there."""
        sides = ((self.old, one), (self.new, other))
        return " -> ".join(f"{place.path}:{place.line} [{_line(state, place)}]" for state, place in sides)

    def alike(self, one: Place, other: Place) -> bool:
        """Return whether `other` may be what `one` has become: see 4. of the module."""
        if one.rule != other.rule:
            return False
        if one.about or other.about:
            return one.about[:2] == other.about[:2] or one.path == other.path
        sides = [(self.old.sources.get(one.path), one), (self.new.sources.get(other.path), other)]
        if any(source is None for source, _ in sides):
            return one.path == other.path
        (before, at), (after, to) = ((source, source.unit(place.line)) for source, place in sides if source)
        if at is None or to is None:
            return False
        words = [_WORD.findall(_shown(source, number)) for source, number in ((before, at), (after, to))]
        if difflib.SequenceMatcher(None, *words, autojunk=False).ratio() < HALF:
            return False
        scope = before.units[at].scope
        if scope and scope.rpartition(".")[2] == after.units[to].scope.rpartition(".")[2]:
            return True
        if self.files.get(one.path) == other.path and _together(before, one.line, after, other.line):
            return True
        return bool(_around(before, at) & _around(after, to)) or _text(before, at) == _text(after, to)


def _line(state: State, place: Place) -> str:
    source = state.sources.get(place.path)
    there = source is not None and 0 < place.line <= len(source.lines)
    return source.lines[place.line - 1].strip()[:120] if source and there else " ".join(place.about)[:120]


def _shown(source: Source, number: int) -> str:
    first = source.units[number].line
    last = source.units[number + 1].line if number + 1 < len(source.units) else first + 1
    return "\n".join(source.lines[first - 1 : max(first, min(last - 1, first + 20))])


def _text(source: Source, number: int) -> str:
    return source.units[number].text


def _around(source: Source, number: int) -> set[tuple[int, str]]:
    """Return what stands before and after a statement, and the name of what encloses it."""
    near = {(side, source.units[number + side].text) for side in (-1, 1) if 0 <= number + side < len(source.units)}
    scope = source.units[number].scope.rpartition(".")[2]
    return near | ({(0, scope)} if scope else set())


def _together(before: Source, line: int, after: Source, other: int) -> bool:
    """Return whether the two lines stand in one hunk of the diff."""
    return any(a <= line < a + n and b <= other < b + m for a, n, b, m in _hunks(before, after))


def follow(old: State, new: State) -> Truth:
    """Return where the places of `old` stand in `new`."""
    files = _paired(old, new)
    same: dict[Place, Place] = {}
    alone: dict[Place, Place] = {}
    left = set(new.places)
    for place in sorted(old.places):
        if place.about:
            found = _of_about(place, left, files)
        elif place.path in files and place.path in old.sources:
            found = _of_line(place, old, new, files[place.path], left)
        else:
            found = None
        if found is not None:
            (same if place.about or _in_place(place, old, found, new) else alone)[place] = found
            left.discard(found)
    lost = (place for place in sorted(old.places) if place not in same and place not in alone and not place.about)
    gone = [place for place in lost if place.path in old.sources]
    moved, likely = _moved(gone, [place for place in sorted(left) if place.path in new.sources], old, new)
    return Truth(same | moved, alone | likely, old, new, files)


def _in_place(one: Place, old: State, other: Place, new: State) -> bool:
    """Return whether a line that a diff leaves standing stands where it stood: in its function, or beside another."""
    before, after = old.sources[one.path], new.sources[other.path]
    at, to = before.unit(one.line), after.unit(other.line)
    if at is None or to is None or (not before.units[at].scope and not after.units[to].scope):
        return True
    return bool(_around(before, at) & _around(after, to))


def _paired(old: State, new: State) -> dict[str, str]:
    files = {path: path for path in old.sources if path in new.paths}
    gone = [path for path in old.sources if path not in new.paths]
    come = [path for path in new.sources if path not in old.paths]
    shares = {(one, other): _shared(old.sources[one].bag, new.sources[other].bag) for one in gone for other in come}
    for (one, other), share in shares.items():
        rivals = [rest for pair, rest in shares.items() if (pair[0] == one) != (pair[1] == other)]
        if share >= HALF and share > max(rivals, default=0):
            files[one] = other
    return files


def _shared(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _of_about(place: Place, left: set[Place], files: Mapping[str, str]) -> Place | None:
    """Return the same package with an id in common, or the same thing in the same file."""
    if len(place.about) > 1:
        same = [one for one in sorted(left) if one.rule == place.rule and one.about[:2] == place.about[:2]]
        ids = set(place.about[2:])
        exact = [one for one in same if one.about[2:3] == place.about[2:3]]
        return next(iter(exact or [one for one in same if ids & set(one.about[2:])]), None)
    wanted = place._replace(path=files.get(place.path, place.path))
    return wanted if wanted in left else None


def _of_line(place: Place, old: State, new: State, path: str, left: set[Place]) -> Place | None:
    if path not in new.sources:
        return None
    before, after = old.sources[place.path], new.sources[path]
    line = _standing(before, after).get(place.line)
    if line and Place(place.rule, path, line) in left:
        return Place(place.rule, path, line)
    at = before.unit(place.line)
    to = None if at is None else _standing_units(before, after).get(at)
    if to is None:
        return None
    offset = place.line - before.units[at or 0].line
    lines = [number for number, unit in after.at.items() if unit == to]
    here = [Place(place.rule, path, number) for number in lines]
    nearest = sorted((one for one in here if one in left), key=lambda one: abs(one.line - lines[0] - offset))
    return nearest[0] if nearest else None


def _moved(
    gone: Sequence[Place], come: Sequence[Place], old: State, new: State
) -> tuple[dict[Place, Place], dict[Place, Place]]:
    """Return what moved for certain and what likely did: 3. of the module."""
    olds, news = _by_text(gone, old), _by_text(come, new)
    every = [_by_text(list(state.places), state) for state in (old, new)]
    sure: dict[Place, Place] = {}
    likely: dict[Place, Place] = {}
    for text, ones in olds.items():
        others = list(news.get(text, ()))
        alone = len(ones) == 1 == len(others)
        ranked = sorted(
            ((-len(_seen(one, old) & _seen(other, new)), one, other) for one in ones for other in others),
        )
        taken: set[Place] = set()
        for score, one, other in ranked:
            if one in taken or other in taken:
                continue
            rivals = [rest for rest, a, b in ranked if rest == score and (a == one) != (b == other)]
            certain = (score <= -2 or (score == -1 and alone)) and not rivals
            if certain or score or all(len(one[text]) == 1 for one in every):
                (sure if certain else likely)[one] = other
                taken |= {one, other}
    return sure, likely


def _by_text(places: Sequence[Place], state: State) -> dict[tuple[tuple[str, str], str], list[Place]]:
    found: dict[tuple[tuple[str, str], str], list[Place]] = {}
    for place in places:
        source = state.sources.get(place.path)
        number = source.unit(place.line) if source else None
        if source and number is not None:
            found.setdefault((place.rule, _text(source, number)), []).append(place)
    return found


def _seen(place: Place, state: State) -> set[tuple[int, str]]:
    source = state.sources[place.path]
    number = source.unit(place.line)
    return set() if number is None else _around(source, number)


def _standing(before: Source, after: Source) -> dict[int, int]:
    return _kept(_hunks(before, after), len(before.lines))


def _standing_units(before: Source, after: Source) -> dict[int, int]:
    texts = tuple("\n".join(unit.text.replace("\n", " ") for unit in one.units) for one in (before, after))
    kept = _kept(_diff(*texts), len(before.units))
    return {one - 1: other - 1 for one, other in kept.items()}


def _hunks(before: Source, after: Source) -> tuple[tuple[int, int, int, int], ...]:
    return _diff("\n".join(before.bare), "\n".join(after.bare))


def _kept(hunks: Sequence[tuple[int, int, int, int]], total: int) -> dict[int, int]:
    """Return each line that stays with the line that it then is."""
    kept: dict[int, int] = {}
    line, shift = 1, 0
    for a, n, b, m in (*hunks, (total + 1, 0, 0, 0)):
        start = a if n or a > total else a + 1  # git names the line before, where none is taken away
        kept.update((number, number + shift) for number in range(line, min(start, total + 1)))
        line, shift = start + n, (b + m if m else b + 1) - (start + n)
    return kept


@lru_cache(maxsize=4096)
def _diff(before: str, after: str) -> tuple[tuple[int, int, int, int], ...]:
    """Return the hunks between two texts: first line and count before, first line and count after."""
    if before == after:
        return ()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("a", before), ("b", after)):
            Path(folder, name).write_text(text + "\n", "utf-8", "replace")
        command = ["git", "diff", "--no-index", "--no-color", "--no-ext-diff", "--text", "--histogram", "-U0", "a", "b"]
        told = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    found = _HUNK.findall(told.stdout.decode("utf-8", "replace"))
    return tuple((int(a), int(n or 1), int(b), int(m or 1)) for a, n, b, m in found)
