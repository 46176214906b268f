"""Whether re-scanning opens and closes findings only where the code really changed: over commits, or over releases.

    python benchmarks/history.py REPO [--every N] [--last N] [--only dependencies] [--advisories PATH|URL]
    python benchmarks/history.py --sdists FOLDER        # every *.tar.gz in it; also WARDLINE_EVAL_SDISTS

Each commit of the repository's own line (first parents), or each release of the project, is checked as a tree and its
report received by a real platform on an empty SQLite database, whose clock follows the commits. Where `bandit` is on
the PATH, its SARIF goes through the importers as well.

Spurious is what opens or closes although the flagged line (or the locked version) did not change: held against how
often each line stood in files of one name in the report before, and stands in the one after. The goal is 0. Unsure is
where such a line went from one file and came into another: it moved, or was written anew.
"""

# ruff: noqa: E402 - first of all, this folder must not hide the library's `platform`
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import argparse
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from wardline.catalog.service import Catalog
from wardline.check import asking
from wardline.check.model import PRACTICES, Request
from wardline.findings.importers import service as importers
from wardline.findings.model import Query, Receipt, Upload
from wardline.findings.report import Finding, Gap, Practice
from wardline.findings.service import Findings
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import WardlineError
from wardline.kernel.git.repository import Repository
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page
from wardline.main.schema import SCHEMA

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_FILES = 200_000
VERSION = re.compile(r"(\d+|[a-z]+)")

Line = tuple[str, str, str, str]  # practice, rule, the flagged line or the package at its version, the file's name


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


class Platform:
    """A platform with one service, on an empty database; its clock stands where the history is."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(1990, 1, 1, tzinfo=UTC)
        database = Database(f"sqlite:///{folder / 'history.db'}")
        with database.transaction() as tx:
            SCHEMA.create_all(tx)
        ledger = Ledger(database, self.clock, Signer.generated())
        self.catalog = Catalog(database, self.clock, ledger)
        self.findings = Findings(database, self.clock, ledger, self.catalog)
        self.service = self.catalog.put_service(PLATFORM, "history", name="History").id
        self.lines: dict[str, Counter[Line]] = {}  # of the last report of each source
        self.stood: dict[tuple[str, int], Line] = {}  # of each finding, when it was last reported

    def clock(self) -> datetime:
        """Return where in the history the platform is."""
        return self.now

    def take(self, step: Step, told: Told) -> tuple[Receipt, int, int]:
        """Return the receipt of one report, and how much of what it opened and closed is spurious, and unsure."""
        self.now = max(self.now + timedelta(seconds=1), step.at)
        gaps = tuple(gap._asdict() for gap in told.gaps)
        upload = Upload(self.service, told.source, told.findings, gaps, told.complete, commit=step.name, at=self.now)
        before = self.open()
        receipt = self.findings.receive(PLATFORM, upload)
        after = self.open()
        reported = {one.fingerprint: one for one in told.findings}
        lines = Counter(line_of(one, step.folder) for one in reported.values())
        known = self.lines.get(told.source, Counter())
        self.lines[told.source] = lines
        stands = {
            key: line_of(reported[one.fingerprint], step.folder)
            for key, one in after.items()
            if one.fingerprint in reported
        }
        came = Counter(line for key, line in stands.items() if key not in before)
        went = Counter(self.stood[key] for key in before if key not in after and key in self.stood)
        self.stood |= stands
        spurious = excess(came, lines, known) + excess(went, known, lines)
        came, went, lines, known = (Counter(nameless(found)) for found in (came, went, lines, known))
        elsewhere = excess(came, lines, known) + excess(went, known, lines)
        return receipt, spurious, max(0, elsewhere - spurious)

    def open(self) -> dict[tuple[str, int], Finding]:
        """Return what is open, by id and cycle."""
        found, page = {}, Page(1000)
        while True:
            listing = self.findings.list(PLATFORM, Query(), page)
            found |= {(one.id, one.cycle): one.attributes for one in listing.rows}
            if listing.next_cursor is None:
                return found
            page = Page(1000, listing.next_cursor)


def excess(changed: Counter[Line], after: Counter[Line], before: Counter[Line]) -> int:
    """Return how many lines changed beyond those that there are more of after than before."""
    return sum((changed - (after - before)).values())


def nameless(lines: Counter[Line]) -> Iterator[Line]:
    """Yield each line as often as it is there, in whatever file."""
    return ((*line[:3], "") for line in lines.elements())


def line_of(finding: Finding, folder: Path) -> Line:
    """Return what the finding is about, without where it stands: the package at its version, or the line's text."""
    if finding.package:
        about = f"{finding.package.name}@{finding.package.version} {finding.advisories[:1]}"
        return finding.practice, finding.rule, about, ""
    text = ""
    path = folder / (finding.file or "")
    if finding.line and path.is_file() and not path.is_symlink():
        lines = path.read_text("utf-8", "replace").splitlines()
        text = " ".join(lines[finding.line - 1].split()) if finding.line <= len(lines) else ""
    return finding.practice, finding.rule, text or finding.message, path.name


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
        run(Platform(place), steps, tuple(asked.only.split(",")), asked.advisories)


def run(platform: Platform, steps: Iterator[Step], only: tuple[Practice, ...], advisories: str | None) -> None:
    """Feed every step and print what each source opened and closed, and how much of that is spurious."""
    names = ("reports", "findings", "opened", "reopened", "fixed", "moved", "ambiguous", "spurious", "unsure")
    totals: dict[str, Counter[str]] = {}
    for step in steps:
        try:
            for one in told(step, only, advisories):
                receipt, spurious, unsure = platform.take(step, one)
                total = totals.setdefault(one.source, Counter())
                total.update(reports=1, findings=len(one.findings), spurious=spurious, unsure=unsure)
                total.update({name: getattr(receipt, name) for name in names[2:-2]})
                if spurious or unsure:
                    print(f"{step.name[:40]} {one.source}: {spurious} without a change of their lines, {unsure} unsure")
        except WardlineError as error:
            print(f"{step.name[:40]}: not examined: {error.detail}")
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
