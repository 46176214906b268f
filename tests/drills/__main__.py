"""Run the drills and print a table: `python -m tests.drills [--seconds 30] [NAME …]`.

A drill is a file of this folder with a `TITLE` and a function `drill(folder, seconds)` that yields an `Outcome` for
each database it was done on; one that cannot be done here yields none. They stand apart from the tests, because each
lasts as long as the outage that it is about. Exit status: 0 everything held, 1 something did not.
"""

import argparse
import importlib
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.drills.scene import Outcome

_HEAD = ("drill", "on", "for s", "acked", "refused", "no answer", "slowest s", "back after s", "lost", "twice", "ended",
         "held")  # fmt: skip


def drills() -> dict[str, ModuleType]:
    """Return every drill there is, by name."""
    folder = Path(__file__).parent
    files = [path for path in folder.glob("*.py") if path.stem != "__main__" and "def drill(" in path.read_text()]
    names = sorted(path.stem for path in files)
    return {name: importlib.import_module(f"tests.drills.{name}") for name in names}


def row(one: Outcome) -> list[str]:
    """Return an outcome as a row of the table."""
    times = [f"{one.slowest:.1f}", f"{one.back:.1f}"]
    counts: list[Any] = [one.acknowledged, one.refused, one.unanswered, *times, one.lost, one.twice, one.ended]
    return [one.drill, one.database, f"{one.seconds:.0f}", *map(str, counts), "yes" if one.passed else "NO"]


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each outage lasts [default: 30]")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"[default: all of {', '.join(drills())}]")
    asked = parser.parse_args()
    known, outcomes = drills(), []
    for name in asked.names or known:
        folder = Path(tempfile.mkdtemp(prefix="wardline-drill-"))
        found = []
        try:
            for one in known[name].drill(folder, asked.seconds):
                found.append(one)
                held = "held" if one.passed else "DID NOT HOLD"
                sys.stderr.write(f"{one.drill} ({one.database}): {held}; {one.note}\n")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        outcomes += found
        if not found:
            sys.stderr.write(f"{known[name].TITLE}: cannot be done on this machine\n")
    rows = [list(_HEAD), *map(row, outcomes)]
    widths = [max(len(line[place]) for line in rows) for place in range(len(_HEAD))]
    for line in rows:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n")
    return 0 if outcomes and all(one.passed for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
