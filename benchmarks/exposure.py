"""How well and how fast credentials are found: recall and precision by kind, and megabytes a second beside a peer.

    python benchmarks/exposure.py [FOLDER ...]

Every rule is tried on generated values in generated surroundings, and on texts that look like them and hold none. A
labelled set of real code is read from `WARDLINE_EVAL_CREDENTIALS`: a folder with `labels.csv` (path, first line, last
line, T or F, kind; the paths relative to it). Folders are searched for speed, and detect-secrets on the same files
where it is installed. What is not there is said. Times are processor times of one process.
"""

import csv
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from wardline.check.exposure import patterns, triggers
from wardline.check.exposure.catalogue import providers, rules
from wardline.check.exposure.contents import search
from wardline.check.exposure.engine import default
from wardline.check.exposure.examples import firing, quiet
from wardline.check.worktree import WorkTree

SEEDS = 50
PEER_BYTES = 4_000_000  # of the folder: the peer takes seconds for each megabyte
MAX_FILE_BYTES = 64 * 1024 * 1024


class Label(NamedTuple):
    """Lines of a file that somebody looked at: whether a credential stands there, and of which kind."""

    path: str
    first: int
    last: int
    real: bool
    kind: str


class Timed(NamedTuple):
    """One line of the table of speed; the size in bytes."""

    what: str
    tool: str
    files: int
    size: int
    seconds: float
    hits: int


def generated() -> Iterator[tuple[str, int, int, int]]:
    """Yield provider, examples, how many of them fired, and how many quiet ones did."""
    for provider in providers():
        fired = total = wrong = 0
        for seed in range(SEEDS):
            for rule, text, value in firing(provider, str(seed)):
                total += 1
                hits = search(surrounded(text, seed), "settings.env").hits
                fired += any(hit.rule.id == rule.id and hit.value.startswith(value.encode()) for hit in hits)
            for rule, text in quiet(provider, str(seed)):
                hits = search(surrounded(text, seed), "settings.env").hits
                wrong += any(hit.rule.id == rule.id for hit in hits)
        yield provider.name, total, fired, wrong


def surrounded(text: str, seed: int) -> bytes:
    """Return a text in the middle of a file of lines like any other."""
    drawn = random.Random(seed)
    lines = [f"setting_{drawn.randrange(1000)} = {drawn.random():.3f}  # {drawn.choice('abcdef')}" for _ in range(40)]
    lines.insert(drawn.randrange(40), text)
    return "\n".join(lines).encode()


def labelled(folder: Path) -> None:
    """Print how many of the labelled credentials are found, and how much of what is found is one."""
    with (folder / "labels.csv").open(newline="") as file:
        labels = [Label(row[0], int(row[1]), int(row[2]), row[3] == "T", row[4]) for row in csv.reader(file)]
    by_path: dict[str, list[Label]] = {}
    for label in labels:
        by_path.setdefault(label.path, []).append(label)
    found, missed = Counter[str](), Counter[str]()
    wrong = unlabelled = 0
    for path, listed in by_path.items():
        lines = {hit.line for hit in search((folder / path).read_bytes(), path).hits}
        real = {line for one in listed if one.real for line in range(one.first, one.last + 1)}
        not_real = {line for one in listed if not one.real for line in range(one.first, one.last + 1)} - real
        for one in listed:
            if one.real:
                (found if lines & set(range(one.first, one.last + 1)) else missed)[one.kind] += 1
        wrong += len(lines & not_real)
        unlabelled += len(lines - real - not_real)
    hit, lost = found.total(), missed.total()
    print(f"\nlabelled set: {len(by_path):,} files, {hit + lost:,} credentials")
    print(f"  recall {hit / (hit + lost):.3f}, precision {hit / max(hit + wrong, 1):.3f} on labelled lines,")
    print(f"  {hit / max(hit + wrong + unlabelled, 1):.3f} where every line that nobody labelled counts as wrong")
    for kind in sorted(set(found) | set(missed), key=lambda kind: -(found[kind] + missed[kind]))[:25]:
        print(f"  {kind:<40} {found[kind]:>5} of {found[kind] + missed[kind]}")


def speed(folder: Path) -> None:
    """Print how fast a folder is searched in one process, reading included, and the peer's on a part of it."""
    tree = WorkTree(folder)
    entries = [entry for entry in tree.files() if entry.size <= MAX_FILE_BYTES]
    size = sum(entry.size for entry in entries)
    started = time.process_time()
    hits = sum(len(search(tree.read(one.path, max_bytes=MAX_FILE_BYTES), one.path).hits) for one in entries)
    row(Timed(folder.name, "wardline", len(entries), size, time.process_time() - started, hits))
    peer(folder, [entry.path for entry in entries], {entry.path: entry.size for entry in entries})


def peer(folder: Path, paths: Sequence[str], sizes: dict[str, int]) -> None:
    """Print how fast detect-secrets searches files of the folder, picked at random."""
    try:
        collection = import_module("detect_secrets").SecretsCollection()
        settings = import_module("detect_secrets.settings").default_settings
    except ImportError:
        print("  detect-secrets is not installed here: not compared")
        return
    picked, size = [], 0
    for path in random.Random(1).sample(list(paths), len(paths)):
        if size >= PEER_BYTES:
            break
        picked.append(path)
        size += sizes[path]
    started = time.process_time()
    with settings():
        for path in picked:
            collection.scan_file(str(folder / path))
    taken = time.process_time() - started
    row(Timed(folder.name, "detect-secrets", len(picked), size, taken, sum(1 for _ in collection)))


def row(one: Timed) -> None:
    rate = one.size / 1e6 / max(one.seconds, 1e-9)
    print(f"  {one.what:<24} {one.tool:<15} {one.files:>7,} files {one.size / 1e6:>9.1f} MB", end="")
    print(f" {one.seconds:>8.2f} s {rate:>8.1f} MB/s a core {one.hits:>6,} found")


def main() -> None:
    fast = triggers.available()
    confirmed = "google-re2" if patterns.re2() else "re"
    print(f"{len(rules())} rules, sought with {'hyperscan' if fast else 'one search each'}, confirmed with {confirmed}")
    started = time.process_time()
    default()
    print(f"ready after {(time.process_time() - started) * 1000:.0f} ms\n")
    print(f"{'generated: ' + str(SEEDS) + ' of each example':<44} {'recall':>8} {'wrong':>6}")
    for name, total, fired, wrong in generated():
        print(f"  {name:<42} {fired / total:>8.3f} {wrong:>6}")
    named = os.environ.get("WARDLINE_EVAL_CREDENTIALS")
    if named:
        labelled(Path(named))
    else:
        print("\nlabelled set: WARDLINE_EVAL_CREDENTIALS is unset, not run")
    print()
    for folder in sys.argv[1:]:
        speed(Path(folder).resolve())


if __name__ == "__main__":
    main()
