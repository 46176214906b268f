"""What advisories cost: compiling, compiling again, opening, looking up, matching; and how that grows tenfold.

    WARDLINE_ADVISORIES=mirror python benchmarks/advisories.py [--tenfold]

Prints one Markdown table. Whole-process figures are of a process of its own (`os.wait4`); others are the best of nine.
`--tenfold` makes a mirror of ten copies of every record under other ids and package names first, which takes minutes.
"""

import os
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import orjson

from wardline.check.dependencies.advisories import index
from wardline.check.dependencies.matching import match, repair
from wardline.check.dependencies.model import Package

_COMPILE = """
import sys
from pathlib import Path
from wardline.check.dependencies.advisories import index
index.ready(Path(sys.argv[1])).close()
"""
_LOOKUPS = 10_000


def main() -> None:
    named = os.environ.get("WARDLINE_ADVISORIES")
    if not named:
        sys.exit("WARDLINE_ADVISORIES names no mirror")
    with tempfile.TemporaryDirectory() as folder:
        columns = {"as it is": measured(copied(Path(named), Path(folder) / "1"), Path(folder) / "cache 1")}
        if "--tenfold" in sys.argv[1:]:
            columns["tenfold"] = measured(tenfold(Path(named), Path(folder) / "10"), Path(folder) / "cache 10")
    print("| advisories | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for row in columns["as it is"]:
        print(f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |")


def measured(source: Path, cache: Path) -> dict[str, str]:
    os.environ["WARDLINE_CACHE"] = str(cache)
    rows = {}
    seconds, megabytes = process(_COMPILE, source)
    opened = index.ready(source)
    rows["live records"] = f"{sum(one.records for one in opened.status.ecosystems.values()):,}"
    rows["packages"] = f"{sum(one.packages for one in opened.status.ecosystems.values()):,}"
    place = index.place(source)
    rows["index on disk"] = f"{place.stat().st_size / 1e6:.0f} MB" if place else "none"
    rows["compile, whole process"] = f"{seconds:.1f} s, {megabytes:.0f} MB"
    for name in ("Hex", "npm"):
        os.utime(source / name / "all.zip")
        seconds, megabytes = process(_COMPILE, source)
        rows[f"the same after {name} changed"] = f"{seconds:.1f} s, {megabytes:.0f} MB"
    rows["open, sources checked"] = best(lambda: index.fresh(source).close())
    opened = index.ready(source)
    for name in ("npm", "PyPI"):
        known = sorted(names(source, name))
        for share in (0.05, 1.0):
            packages = sample(name, known, share)
            rows[f"look up {_LOOKUPS:,} of {name}, {share:.0%} known"] = best(partial(opened.candidates, packages))
        packages = sample(name, known, 0.05)
        matches = len(match(opened, packages).matches)
        rows[f"match {_LOOKUPS:,} of {name}, 5% known"] = (
            f"{best(partial(match, opened, packages))}, {matches:,} matches"
        )
    rows["repair of tensorflow 2.0.0"] = best(lambda: repair(opened, "PyPI", "tensorflow", "2.0.0"))
    return rows


def process(program: str, source: Path) -> tuple[float, float]:
    """Run a program on a source; return its seconds and its peak of memory in MB."""
    start = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", program, str(source)], os.environ)
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit("the measured process failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def best(work: Callable[[], object]) -> str:
    times = []
    for _ in range(9):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return f"{min(times) * 1000:.1f} ms"


def sample(ecosystem: str, known: list[str], share: float) -> list[Package]:
    choice = random.Random(1)
    return [
        Package(ecosystem, choice.choice(known) if choice.random() < share else f"some-package-{number}", "1.0.0")
        for number in range(_LOOKUPS)
    ]


def names(source: Path, ecosystem: str) -> Iterator[str]:
    for _, record in records(source / ecosystem / "all.zip"):
        yield from (one["package"]["name"] for one in record["affected"] if one["package"]["ecosystem"] == ecosystem)


def records(path: Path) -> Iterator[tuple[str, dict]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            yield entry.filename, orjson.loads(archive.read(entry))


def copied(source: Path, target: Path) -> Path:
    """Copy a mirror, so that touching it is nobody's business."""
    for path in source.glob("*/all.zip"):
        (target / path.parent.name).mkdir(parents=True)
        shutil.copyfile(path, target / path.parent.name / "all.zip")
    return target


def tenfold(source: Path, target: Path) -> Path:
    """Write a mirror with ten copies of every record; each copy has ids, aliases and package names of its own."""
    for path in source.glob("*/all.zip"):
        with writing(target / path.parent.name) as archive:
            for _, record in records(path):
                original = orjson.dumps(record)
                for copy in range(10):
                    renamed = orjson.loads(original)
                    if copy:
                        renamed["id"] += f"-{copy}"
                        renamed["aliases"] = [f"{one}{copy}" for one in renamed.get("aliases") or ()]
                        for member in renamed["affected"]:
                            member.get("package", {})["name"] = f"{member.get('package', {}).get('name')}-{copy}"
                    archive.writestr(f"{renamed['id']}.json", orjson.dumps(renamed))
    return target


@contextmanager
def writing(folder: Path) -> Iterator[zipfile.ZipFile]:
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        yield archive


if __name__ == "__main__":
    main()
