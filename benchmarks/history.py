"""Whether re-scanning opens and closes findings only where the code really changed: over commits, or over releases.

    python benchmarks/history.py REPO [--every N] [--last N] [--only dependencies] [--advisories PATH|URL]
    python benchmarks/history.py --sdists FOLDER        # every *.tar.gz in it; also WARDLINE_EVAL_SDISTS

Each commit of the repository's own line (first parents), or each release of the project, is checked as a tree and its
report received by a real platform on an empty SQLite database, whose clock follows the commits. Where `bandit` is on
the PATH, its SARIF goes through the importers as well.

What became of each flagged place is told by `benchmarks/truth.py` from the two sources alone, without the matcher. Held
against it, findings are counted by their ends (one that closes and another that opens for it are two):

- spurious: closed, or opened, although the flagged place stayed or moved: the goal is 0;
- unsure: so, where the place likely moved, or was written anew;
- wrong: kept open for code that is neither the same nor the same edited, in none of the places where it stands;
- swapped: kept, with another one of the same text that is told from it by where it stands.

`--verbose` names each of them with both lines.
"""

import sys
from pathlib import Path

if sys.path[0] == str(Path(__file__).parent):
    sys.path[0] = str(Path(__file__).parents[1])

import argparse
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from benchmarks.truth import Place, State, Truth, follow
from sqlalchemy import select

from wardline.catalog.service import Catalog
from wardline.check import asking
from wardline.check.model import PRACTICES, Request
from wardline.findings.importers import service as importers
from wardline.findings.model import Receipt, Upload
from wardline.findings.report import Finding, Gap, Practice
from wardline.findings.service import Findings
from wardline.findings.tables import FINDINGS, SIGHTINGS
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import WardlineError
from wardline.kernel.git.repository import Repository
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.main.schema import SCHEMA

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_FILES = 200_000
VERSION = re.compile(r"(\d+|[a-z]+)")


class Step(NamedTuple):
    """One state of the project: its name, when it was, and the folder that holds it."""

    name: str
    at: datetime
    folder: Path


class Told(NamedTuple):
    """What one source says of one step."""

    source: str
    findings: tuple[Finding, ...]
    complete: frozenset[Practice]
    gaps: tuple[Gap, ...] = ()


class Kept(NamedTuple):
    """What the platform made of two reports: which findings each place is, and which were open before and after."""

    old: Mapping[Place, set[str]]
    new: Mapping[Place, set[str]]
    before: set[str]
    after: set[str]


class Counts(NamedTuple):
    """How what a report changed stands to what happened; see the module."""

    spurious: int = 0
    unsure: int = 0
    wrong: int = 0
    swapped: int = 0
    said: tuple[str, ...] = ()


class Platform:
    """A platform with one service, on an empty database; its clock stands where the history is."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(1990, 1, 1, tzinfo=UTC)
        self.database = database = Database(f"sqlite:///{folder / 'history.db'}")
        with database.transaction() as tx:
            SCHEMA.create_all(tx)
        ledger = Ledger(database, self.clock, Signer.generated())
        self.catalog = Catalog(database, self.clock, ledger)
        self.findings = Findings(database, self.clock, ledger, self.catalog)
        self.service = self.catalog.put_service(PLATFORM, "history", name="History").id
        self.last: dict[str, tuple[State, dict[Place, set[str]]]] = {}  # of each source: its report, and which findings

    def clock(self) -> datetime:
        """Return where in the history the platform is."""
        return self.now

    def take(self, step: Step, told: Told) -> tuple[Receipt, Counts]:
        """Return the receipt of one report, and how what it changed stands to what happened to the sources."""
        self.now = max(self.now + timedelta(seconds=1), step.at)
        gaps = tuple(gap._asdict() for gap in told.gaps)
        upload = Upload(self.service, told.source, told.findings, gaps, told.complete, commit=step.name, at=self.now)
        before = self.open()
        receipt = self.findings.receive(PLATFORM, upload)
        names = self.names(told.source)
        state = State(step.folder, told.findings)
        found = {place: {names[one] for one in ones if one in names} for place, ones in state.places.items()}
        known, self.last[told.source] = self.last.get(told.source), (state, found)
        if known is None:
            return receipt, Counts()
        return receipt, judged(follow(known[0], state), Kept(known[1], found, before, self.open()))

    def open(self) -> set[str]:
        """Return the ids of what is open, with their cycles."""
        with self.database.reading() as tx:
            rows = tx.execute(select(FINDINGS.c.id).where(FINDINGS.c.open))
            return {row.id for row in rows}

    def names(self, source: str) -> dict[str, str]:
        """Return which finding each fingerprint of a source's last report is."""
        here = SIGHTINGS.c
        with self.database.reading() as tx:
            rows = tx.execute(select(here.name, here.finding).where(here.source == source, here.present))
            return {row.name: row.finding for row in rows}


def judged(truth: Truth, kept: Kept) -> Counts:
    """Return how what the platform did stands to what became of the places."""
    spurious, unsure = _changed(truth.same, kept, truth), _changed(truth.likely, kept, truth)
    swapped = {
        one: other
        for one, other in truth.same.items()
        if kept.old[one].isdisjoint(kept.new[other]) and not spurious.get(one) and truth.twins(other) is None
    }
    wrong = _wrong(truth, kept)
    said = [
        *(f"opened and closed without a change: {truth.said(one, truth.same[one])}" for one in spurious),
        *(f"opened and closed, likely moved: {truth.said(one, truth.likely[one])}" for one in unsure),
        *(f"joined with other code: {truth.said(*pair)}" for pair in wrong),
        *(f"exchanged with its like: {truth.said(*pair)}" for pair in swapped.items()),
    ]
    ends = {name for names in spurious.values() for name in names}
    return Counts(len(ends), sum(map(len, unsure.values())), len(wrong), len(swapped), tuple(said))


def _wrong(truth: Truth, kept: Kept) -> list[tuple[Place, Place]]:
    """Return, of each finding that stayed open for something else, where it was and where it is.

    A finding that stands in several places (one credential on several lines) goes on while one of them does.
    """
    went: dict[str, list[Place]] = {}
    came: dict[str, list[Place]] = {}
    for places, named in ((kept.old, went), (kept.new, came)):
        for place, names in places.items():
            for name in names & kept.before & kept.after:
                named.setdefault(name, []).append(place)
    sure = set(truth.same.values())
    wrong = []
    for name, ones in went.items():
        others = came.get(name, [])
        lost = [one for one in ones if one not in truth.same]
        alike = (
            other in (truth.same.get(one), truth.likely.get(one))
            or truth.twin(one, other)
            or truth.credential(one, other)
            or (other not in sure and one in lost and truth.alike(one, other))
            for one in ones
            for other in others
        )
        if lost and others and not any(alike):
            wrong.append((lost[0], others[0]))
    return wrong


def _changed(pairs: Mapping[Place, Place], kept: Kept, truth: Truth) -> dict[Place, set[str]]:
    """Return, of places that are the same, the findings that closed at the one and opened at the other.

    Of twins as many may open, or close, as there are more, or fewer.
    """
    found = {}
    more: Counter[tuple[str, ...]] = Counter()
    for one, other in pairs.items():
        if kept.old[one].isdisjoint(kept.new[other]):
            closed, opened = kept.old[one] & kept.before - kept.after, kept.new[other] & kept.after - kept.before
            twins = truth.twins(other)
            if twins and (opened if twins.after > twins.before else closed):
                more[twins.text] += 1
                if more[twins.text] <= abs(twins.after - twins.before):
                    closed, opened = (closed, set()) if twins.after > twins.before else (set(), opened)
            if ends := closed | opened:
                found[one] = ends
    return found


def commits(repository: Path, folder: Path, every: int, last: int) -> Iterator[Step]:
    """Yield the states of a repository's own line, oldest first: a folder that is changed from one to the next."""
    opened = Repository.at(repository)
    if opened is None:
        sys.exit(f"{repository} is in no git repository")
    with opened as git:
        chosen = git.first_parents()[::every][-last:]
        there: dict[str, str] = {}
        for commit, seconds in chosen:
            wanted = {row.path: row.id for row in git.tree(commit)[:MAX_FILES] if row.mode in {0o100644, 0o100755}}
            for path in there.keys() - wanted.keys():
                (folder / path).unlink(missing_ok=True)
            changed = [path for path in wanted if there.get(path) != wanted[path]]
            blobs = dict(git.blobs(sorted({wanted[path] for path in changed}), max_bytes=MAX_FILE_BYTES))
            for path in changed:
                put(folder / path, blobs.get(wanted[path]) or b"")
            there = wanted
            yield Step(commit, datetime.fromtimestamp(seconds, UTC), folder)


def put(path: Path, content: bytes) -> None:
    """Write a file of a tree whose shape may have changed: a folder where a file was, and the other way."""
    for parent in path.parents:
        if parent.is_file():
            parent.unlink()
    if path.is_dir():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def sdists(packed: Path, folder: Path) -> Iterator[Step]:
    """Yield each release in a folder of source distributions, in the order of versions."""
    at = datetime(2000, 1, 1, tzinfo=UTC)
    for archive in sorted(packed.glob("*.tar.gz"), key=lambda path: version(path.name)):
        name = archive.name.removesuffix(".tar.gz")
        place = folder / name
        with tarfile.open(archive) as opened:
            opened.extractall(place, filter="data")
        inside = [path for path in place.iterdir() if path.is_dir()]
        root = folder / "tree"
        shutil.rmtree(root, ignore_errors=True)
        shutil.move(inside[0] if len(inside) == 1 else place, root)
        at += timedelta(days=30)
        yield Step(name, at, root)


def version(name: str) -> list[tuple[bool, int, str]]:
    parts = VERSION.findall(name.removesuffix(".tar.gz").rpartition("-")[2].lower())
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def told(step: Step, only: tuple[Practice, ...], advisories: str | None) -> Iterator[Told]:
    """Yield what each source says of a step."""
    answer = asking.check(
        Request(step.folder, only=only, advisories=advisories), now=datetime.now(UTC), progress=lambda _: None
    )
    report = answer.report
    whole = frozenset(name for name, part in report.coverage.items() if part.examined)
    yield Told("wardline check", (*report.findings, *report.suppressed), whole, report.gaps)
    if shutil.which("bandit"):
        with tempfile.TemporaryDirectory() as out:
            report_file = Path(out) / "bandit.sarif"
            command = ["bandit", "-q", "-r", ".", "-f", "sarif", "-o", str(report_file)]
            subprocess.run(command, cwd=step.folder, check=False, capture_output=True)
            read = importers.examined(report_file, root=str(step.folder)) if report_file.exists() else ()
            found = tuple(one for one in read if isinstance(one, Finding))
        yield Told("bandit", found, frozenset({"code", "exposure"}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("repository", nargs="?", type=Path)
    parser.add_argument("--sdists", type=Path, default=os.environ.get("WARDLINE_EVAL_SDISTS"))
    parser.add_argument("--every", type=int, default=1, help="every which commit")
    parser.add_argument("--last", type=int, default=1_000_000, help="only so many, the newest")
    parser.add_argument("--only", default=",".join(PRACTICES), help="practices of wardline check")
    parser.add_argument("--verbose", action="store_true", help="name every place that is counted")
    parser.add_argument("--advisories", default=os.environ.get("WARDLINE_ADVISORIES"))
    asked = parser.parse_args()
    if asked.repository is None and asked.sdists is None:
        print("name a repository, or set WARDLINE_EVAL_SDISTS to a folder of source distributions: nothing was run")
        return
    with tempfile.TemporaryDirectory(prefix="wardline-history-") as made:
        place = Path(made)
        (place / "work").mkdir()
        if asked.repository is not None:
            steps = commits(asked.repository, place / "work", max(1, asked.every), asked.last)
        else:
            steps = sdists(Path(asked.sdists), place / "work")
        run(Platform(place), steps, asked)


def run(platform: Platform, steps: Iterator[Step], asked: argparse.Namespace) -> None:
    """Feed every step and print what each source opened and closed, and how much of that is spurious."""
    told_of = ("opened", "reopened", "fixed", "moved", "ambiguous")
    judgements = ("spurious", "unsure", "wrong", "swapped")
    totals: dict[str, Counter[str]] = {}
    for step in steps:
        try:
            for one in told(step, tuple(asked.only.split(",")), asked.advisories):
                receipt, counts = platform.take(step, one)
                total = totals.setdefault(one.source, Counter())
                total.update(reports=1, findings=len(one.findings))
                total.update({name: getattr(receipt, name) for name in told_of})
                total.update({name: getattr(counts, name) for name in judgements})
                if counts.said:
                    print(step.name[:40], one.source, {name: getattr(counts, name) for name in judgements}, flush=True)
                for line in counts.said if asked.verbose else ():
                    print(f"    {line}")
        except WardlineError as error:
            print(f"{step.name[:40]}: not examined: {error.detail}")
    names = ("reports", "findings", *told_of, *judgements)
    print(f"{'source':<16}" + "".join(f"{name:>11}" for name in names))
    for source, total in totals.items():
        print(f"{source:<16}" + "".join(f"{total[name]:>11,}" for name in names))
    if not totals:
        print("nothing was examined")


if __name__ == "__main__":
    try:
        main()
    except WardlineError as error:
        sys.exit(f"{error.detail}\n{error.hint}".strip())
