"""How well credentials are found: recall and precision by kind, on what is generated and on labelled code of others.

    WARDLINE_EVAL_CREDENTIALS=FOLDER python benchmarks/exposure.py

Every kind is tried on generated values in generated surroundings. What any kind says of them beside that value, or of
texts that look like a credential and hold none, counts as wrong. Labelled sets are read from every variable
`WARDLINE_EVAL_...`: a folder with `labels.csv` (path, first line, last line, T or F, kind; the paths relative to it),
made of repositories that people have labelled, such as those of CredData (github.com/Samsung/CredData, its `meta`).
What is not set is said to be not run. A line that nobody labelled counts as wrong in the second precision, and is no
part of the first. A set that anything was tuned on is not to be reported: keep one apart and look at it last.

How fast it goes is `benchmarks/exposure_speed.py`.
"""

import csv
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.pop(0)  # this folder, in which names of the standard library stand

from wardline.check.exposure import patterns, triggers
from wardline.check.exposure.catalogue import providers, rules
from wardline.check.exposure.contents import search
from wardline.check.exposure.examples import firing, quiet

SEEDS = 20
PREFIX = "WARDLINE_EVAL_"
KINDS = 40  # of a labelled set, the most frequent ones


class Label(NamedTuple):
    """Lines of a file that somebody looked at: whether a credential stands there, and of which kind."""

    path: str
    first: int
    last: int
    real: bool
    kind: str


class Kind(NamedTuple):
    """What came of one kind of credential on generated text."""

    name: str
    provider: str
    tried: int
    found: int
    wrong: int


def generated() -> list[Kind]:
    """Return every rule with how many of its examples it found, and how often it spoke where it had no business."""
    tried, found, wrong = Counter[str](), Counter[str](), Counter[str]()
    for seed in range(SEEDS):
        for rule, text, value, true in examples(str(seed)):
            content = surrounded(text, seed)
            at = content.find(value.encode()) if true else -1
            hits = search(content, "settings.env").hits
            mine = [hit for hit in hits if true and hit.rule.id == rule]
            tried[rule] += true
            found[rule] += bool(mine)
            for hit in hits:
                inside = true and hit.offset < at + len(value) and hit.offset + len(hit.value) > at
                wrong[hit.rule.id] += not inside and hit not in mine
    return [Kind(rule.id, rule.provider, tried[rule.id], found[rule.id], wrong[rule.id]) for rule in rules()]


def examples(seed: str) -> Iterator[tuple[str, str, str, bool]]:
    """Yield a rule's id with a text, the value in it, and whether it is one."""
    for provider in providers():
        for rule, text, value in firing(provider, seed):
            yield rule.id, text, value, True
        for rule, text in quiet(provider, seed):
            yield rule.id, text, "", False


def surrounded(text: str, seed: int) -> bytes:
    """Return a text in the middle of a file of lines like any other."""
    drawn = random.Random(seed)
    lines = [f"setting_{drawn.randrange(1000)} = {drawn.random():.3f}  # {drawn.choice('abcdef')}" for _ in range(40)]
    lines.insert(drawn.randrange(40), text)
    return "\n".join(lines).encode()


def read(folder: Path) -> dict[str, list[Label]]:
    """Return a set's labels by the path that they are in."""
    by_path: dict[str, list[Label]] = {}
    with (folder / "labels.csv").open(newline="") as file:
        for row in csv.reader(file):
            by_path.setdefault(row[0], []).append(Label(row[0], int(row[1]), int(row[2]), row[3] == "T", row[4]))
    return by_path


def labelled(name: str, folder: Path) -> None:
    """Print how many of the labelled credentials are found, and how much of what is found is one, by kind and rule."""
    found, missed = Counter[str](), Counter[str]()
    right, wrong, unlabelled = Counter[str](), Counter[str](), Counter[str]()
    by_path = read(folder)
    for path, listed in by_path.items():
        said = {hit.line: hit.rule.id for hit in search((folder / path).read_bytes(), path).hits}
        real = {line for one in listed if one.real for line in lines(one)}
        not_real = {line for one in listed if not one.real for line in lines(one)} - real
        for one in listed:
            if one.real:
                (found if any(line in said for line in lines(one)) else missed)[one.kind.split(":")[0]] += 1
        for line, rule in said.items():
            (right if line in real else wrong if line in not_real else unlabelled)[rule] += 1
    hit, lost, bad, unknown = found.total(), missed.total(), wrong.total(), unlabelled.total()
    print(f"\n{name}: {folder.name}, {len(by_path):,} files, {hit + lost:,} credentials")
    print(f"  recall {hit / max(hit + lost, 1):.3f}, precision {hit / max(hit + bad, 1):.3f} on labelled lines,")
    print(f"  {hit / max(hit + bad + unknown, 1):.3f} where every line that nobody labelled counts as wrong")
    print(f"  {'kind, as labelled':<40} {'recall':>7} {'found':>6} {'of':>6}")
    for kind, total in (found + missed).most_common(KINDS):
        print(f"  {kind:<40} {found[kind] / total:>7.3f} {found[kind]:>6} {total:>6}")
    print(f"  {'rule':<40} {'precis.':>7} {'right':>6} {'wrong':>6} {'nobody labelled':>16}")
    for rule, total in (right + wrong + unlabelled).most_common(KINDS):
        sure = right[rule] / max(right[rule] + wrong[rule], 1)
        print(f"  {rule:<40} {sure:>7.3f} {right[rule]:>6} {wrong[rule]:>6} {unlabelled[rule]:>16} {total:>6} lines")


def lines(label: Label) -> range:
    """Return the lines of a label."""
    return range(label.first, label.last + 1)


def show(kinds: list[Kind]) -> None:
    """Print the table of what was generated: every kind, those that something is wrong with first."""
    tried, found, wrong = (sum(getattr(one, what) for one in kinds) for what in ("tried", "found", "wrong"))
    print(f"generated: {SEEDS} seeds of each example of {len(kinds)} kinds, {tried:,} credentials")
    print(f"  recall {found / tried:.4f}, precision {found / (found + wrong):.4f}")
    print(f"  {'kind':<46} {'provider':<26} {'recall':>7} {'precis.':>8}")
    for one in sorted(kinds, key=lambda one: (one.found == one.tried and not one.wrong, one.provider, one.name)):
        precision = one.found / max(one.found + one.wrong, 1)
        print(f"  {one.name:<46} {one.provider[:26]:<26} {one.found / one.tried:>7.3f} {precision:>8.3f}")


def main() -> None:
    fast = "hyperscan" if triggers.available() else "one search each"
    print(f"{len(rules())} kinds, sought with {fast}, confirmed with {'google-re2' if patterns.re2() else 're'}\n")
    show(generated())
    named = {name: Path(value) for name, value in sorted(os.environ.items()) if name.startswith(PREFIX)}
    for name, folder in named.items():
        labelled(name, folder)
    if not named:
        print(f"\nlabelled sets: {PREFIX}CREDENTIALS is unset, not run")


if __name__ == "__main__":
    main()
