"""What the tests of the version schemes share: ladders, laws of a total order, pairs to hold against native tools."""

import random
import re
import shutil
import subprocess

import pytest
from hypothesis import settings

from wardline.check.dependencies import versions

LAWS = settings(max_examples=80, deadline=None)  # the first example imports the scheme


def assert_ascending(ecosystem: str, *rungs: str | tuple[str, ...]) -> None:
    """Hold every two versions of a ladder against each other; a tuple is one rung: spellings of the same version."""
    placed = [(height, spelling) for height, rung in enumerate(rungs) for spelling in _spellings(rung)]
    for height, a in placed:
        for other, b in placed:
            assert versions.compare(ecosystem, a, b) == (height > other) - (height < other), (a, b)


def _spellings(rung: str | tuple[str, ...]) -> tuple[str, ...]:
    return (rung,) if isinstance(rung, str) else rung


def assert_total_order(ecosystem: str, a: str, b: str, c: str) -> None:
    """Reflexive, antisymmetric, transitive; and keys, equality and hashes agree with `compare`."""
    try:
        keys = [versions.sort_key(ecosystem, version) for version in (a, b, c)]
    except versions.VersionError:
        return
    assert versions.compare(ecosystem, a, a) == 0
    found = versions.compare(ecosystem, a, b)
    assert found == -versions.compare(ecosystem, b, a)
    assert found == (keys[0] > keys[1]) - (keys[0] < keys[1])
    assert (found == 0) == (keys[0] == keys[1])
    if found == 0:
        assert hash(keys[0]) == hash(keys[1])
    low, middle, high = sorted((a, b, c), key=lambda version: versions.sort_key(ecosystem, version))
    assert versions.compare(ecosystem, low, middle) <= 0
    assert versions.compare(ecosystem, middle, high) <= 0
    assert versions.compare(ecosystem, low, high) <= 0


def assert_unreadable(ecosystem: str, *strings: str) -> None:
    """No string may be read as a version, and the error says which one was not."""
    for string in strings:
        with pytest.raises(versions.VersionError):
            versions.sort_key(ecosystem, string)


def pairs(pool: list[str], suffixes: list[str], count: int = 400) -> list[tuple[str, str]]:
    """Return the same pairs every time: neighbours of the pool, and members with something changed about them."""
    chosen = random.Random(20240229)  # noqa: S311 - the same pairs on every run
    found = []
    for _ in range(count):
        a, b = chosen.choice(pool), chosen.choice(pool)
        if chosen.random() < 0.7:
            b = _changed(a, suffixes, chosen)
        found.append((a, b) if chosen.random() < 0.5 else (b, a))
    return found


def _changed(version: str, suffixes: list[str], chosen: random.Random) -> str:
    kind = chosen.randrange(5)
    numbers = list(re.finditer(r"[0-9]+", version))
    if kind == 0 and numbers:
        at = chosen.choice(numbers)
        return f"{version[: at.start()]}{int(at.group()) + chosen.choice((1, 9, 10))}{version[at.end() :]}"
    if kind == 1 and numbers:
        at = chosen.choice(numbers)
        return f"{version[: at.start()]}0{version[at.start() :]}"
    if kind == 2 and "." in version:
        return version[: version.rindex(".")]
    if kind == 3:
        return version.upper() if version.islower() else version.lower()
    return version + chosen.choice(suffixes)


def disagreements(ecosystem: str, command: list[str], asked: list[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
    r"""Ask a native tool for all pairs in one process: `a\tb` lines in, -1, 0, 1 or E (cannot be read) out.

    Pairs that the tool refuses are not compared: Wardline may read more than it does.
    """
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    lines = "".join(f"{a}\t{b}\n" for a, b in asked)
    run = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=60)
    if run.returncode:
        pytest.skip(f"{command[0]} cannot do it here: {run.stderr.strip().splitlines()[-1:]}")
    answers = run.stdout.split()
    assert len(answers) == len(asked)
    return [
        (a, b, answer, ours)
        for (a, b), answer in zip(asked, answers, strict=True)
        if answer != "E" and (ours := _ours(ecosystem, a, b)) != answer
    ]


def _ours(ecosystem: str, a: str, b: str) -> str:
    try:
        return str(versions.compare(ecosystem, a, b))
    except versions.VersionError:
        return "unreadable"
