"""The judge of `benchmarks/history.py` is judged: it counts nothing of a good matcher, and what a broken one does."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.history import Counts, Kept, Platform, Step, Told, judged
from benchmarks.truth import Place, State, follow

from wardline.findings import matching
from wardline.findings.identity import CodeContext, line_mark, of_code
from wardline.findings.importers.surroundings import Surroundings
from wardline.findings.matching import Pairs
from wardline.findings.report import Finding

RULE = "scanner/shell"
BEFORE = """\
def show(path):
    name = clean(path)
    os.system('cat ' + name)
    return name


def drop(path):
    log(path)
    os.system('rm -r ' + path + flags)
    audit(path)
"""
AFTER = """\
import os


def display(path):
    name = clean(path)
    os.system(
        "cat " + name,
    )
    return name


def count(words):
    for word in words:
        os.system(f"wc {word} {limit(word)} {len(words)}")
"""


def scanned(folder: Path, file: str) -> tuple[Finding, ...]:
    """Every line with os.system in it, as an importer makes findings that knows the tree."""
    found = []
    for number, line in enumerate((folder / file).read_text().splitlines(), 1):
        if "os.system" in line:
            name = of_code(f"rule:{RULE}", RULE, CodeContext(file, snippet=line))
            context = (line.strip(), line_mark(line))
            one = Finding(
                name, "code", RULE, "shell", "high", "high", "a shell", file=file, line=number, context=context
            )
            found.append(Surroundings(str(folder)).told(one))
    return tuple(found)


def fed(place: Path) -> Counts:
    """What is judged of two reports: a function and its file renamed, a line broken; one flaw gone and another come."""
    platform = Platform(place)
    for number, (file, text) in enumerate((("tool.py", BEFORE), ("tools.py", AFTER))):
        folder = place / str(number)
        folder.mkdir()
        (folder / file).write_text(text)
        at = datetime(2026, 1, 1 + number, tzinfo=UTC)
        told = Told("scanner", scanned(folder, file), frozenset({"code"}))
        _, counts = platform.take(Step(str(number), at, folder), told)
    return counts


def test_a_good_matcher_opens_and_closes_only_what_came_and_went(tmp_path):
    assert fed(tmp_path)[:4] == (0, 0, 0, 0)


def test_a_matcher_that_finds_nothing_again_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(matching, "pairs", lambda _gone, _new, _stayed=(): Pairs({}, 0))
    counts = fed(tmp_path)
    assert counts.spurious == 2
    assert counts.said == (
        "opened and closed without a change: tool.py:3 [os.system('cat ' + name)] -> tools.py:6 [os.system(]",
    )


def test_a_matcher_that_joins_whatever_there_is_is_seen(tmp_path, monkeypatch):
    def anything(gone: Mapping[str, Finding], new: Sequence[Finding], _stayed: object = ()) -> Pairs:
        keys = sorted(gone, key=lambda key: -(gone[key].line or 0))
        numbers = sorted(range(len(new)), key=lambda number: new[number].line or 0)
        return Pairs(dict(zip(numbers, keys, strict=False)), 0)

    monkeypatch.setattr(matching, "pairs", anything)
    counts = fed(tmp_path)
    assert counts.wrong == 1
    assert counts.swapped == 1


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("run(a)\n", "x = 1\nrun(a)\n", {1: 2}),
        ("run('a', b)\n", 'run(\n    "a",\n    b,\n)\n', {1: 1}),
        ("if x:\n    run(a)\n", "with y:\n    if x:\n        run(a)\n", {2: 3}),
        ("print 'no syntax of ours'\nrun(a)\n", "run(a)\n", {2: 1}),
        ("run(a)\n", "go(b)\n", {}),
        ("def a():\n    w(1)\n    run(a)\n    x(1)\n", "def b():\n    y(2)\n    run(a)\n    z(2)\n", {}),
        ("def a():\n    w(1)\n    run(a)\n    x(1)\n", "def b():\n    w(1)\n    run(a)\n    z(2)\n", {3: 3}),
        ("try:\n    a()\nexcept A:  # run\n    pass\n", "try:\n    a()\nexcept B:  # run\n    pass\n", {}),
    ],
)
def test_a_line_is_the_same_where_two_diffs_leave_it_standing(tmp_path, before, after, lines):
    states = []
    for name, text in (("old", before), ("new", after)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(text)
        flagged = [
            Finding(f"{number}", "code", RULE, "t", "high", "high", "m", file="a.py", line=number)
            for number, line in enumerate(text.splitlines(), 1)
            if line.lstrip().startswith(("run", "go", "except"))
        ]
        states.append(State(tmp_path / name, flagged))
    place = Place(("code", RULE), "a.py", 0)
    expected = {place._replace(line=old): place._replace(line=new) for old, new in lines.items()}
    assert follow(*states).same == expected


@pytest.mark.parametrize(("value", "wrong"), [("one", 0), ("two", 1)])
def test_a_credential_that_is_kept_open_for_its_own_value_elsewhere_is_not_joined_wrongly(tmp_path, value, wrong):
    texts = "def a():\n    login('one')\nkeep = 1\n", f"def a():\n    pass\nkeep = 1\ndef b():\n    login('{value}')\n"
    states = []
    for name, text, line in zip(("old", "new"), texts, (2, 5), strict=True):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(text)
        found = Finding("f", "exposure", RULE, "t", "high", "high", "m", file="a.py", line=line)
        states.append(State(tmp_path / name, [found]))
    old, new = ({place: {"kept"} for place in state.places} for state in states)
    assert judged(follow(*states), Kept(old, new, {"kept"}, {"kept"})).wrong == wrong
