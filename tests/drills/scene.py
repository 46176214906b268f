"""What every drill needs: nodes under traffic, what was acknowledged to whom, and whether that is all still there.

Senders send reports without a pause, each under its own idempotency key, and send one again until it is acknowledged,
as a CI does. A reader asks for lists and for `/healthz` meanwhile. Afterwards: every acknowledged report is there once,
every finding that it named is there once, the ledger is whole, and no process ended that was not killed by the drill.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from tests.nodes import Node, token

from wardline.findings.report import Finding, Location, finding_to_dict, fingerprint
from wardline.kernel import settings
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page
from wardline.main import platform

SENDERS = 2
_PATIENCE_SECONDS = 90.0


class Outcome(NamedTuple):
    """What one drill showed. `lost`, `twice` and `ended` are to be 0, and `whole` true."""

    drill: str
    database: str
    seconds: float  # how long it lasted
    acknowledged: int
    refused: int  # answers that said so, 4xx never among them
    unanswered: int
    slowest: float  # seconds that an answer took
    back: float  # seconds from its end to the next acknowledged report
    lost: int
    twice: int
    ended: int
    whole: bool
    note: str = ""

    @property
    def passed(self) -> bool:
        """Return whether everything held."""
        return self.whole and not self.lost and not self.twice and not self.ended and self.acknowledged > 0


class Scene:
    """A migrated database, a service for each sender, and nodes over it."""

    def __init__(self, folder: Path, database: str = "", *, command: list[str] | None = None) -> None:
        self.folder, self.database = folder, database
        self.secret = token(folder, database)
        services = platform.services(settings.load(folder, {}, database=database or None))
        for number in range(SENDERS):
            services.catalog.put_service(PLATFORM, f"drill-{number}", name=f"Drill {number}")
        services.database.close()
        self.command = command
        self.nodes = [self.started()]
        self.killed = 0

    def started(self) -> Node:
        """Start one node more."""
        return Node(self.folder, self.secret, self.database, command=self.command)

    def end(self) -> None:
        """End every node."""
        for node in self.nodes:
            node.end()


class Sender(threading.Thread):
    """Sends one report after the other about one service, to whichever node answers."""

    def __init__(self, scene: Scene, number: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.scene, self.service, self.stop = scene, f"drill-{number}", stop
        self.acknowledged: list[tuple[str, str, float]] = []  # report, finding, when
        self.answers: Counter[str] = Counter()
        self.slowest = 0.0
        self.wrong: list[str] = []

    def run(self) -> None:
        """Send until it is told to stop, and then until the last report is acknowledged."""
        count = 0
        while not self.stop.is_set():
            name = f"{self.service}-{count}"
            self._sent(name, f"{name}-key")
            count += 1

    def _sent(self, name: str, key: str) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        turn = 0
        while time.monotonic() < until:
            began = time.monotonic()
            node = self.scene.nodes[turn % len(self.scene.nodes)]
            turn += 1
            try:
                answer = node.send(self.service, [_finding("always"), _finding(name)], key)
            except (httpx.HTTPError, RuntimeError):  # RuntimeError: the drill has closed this node's client
                self.answers["unanswered"] += 1
                time.sleep(0.2)
                continue
            finally:
                self.slowest = max(self.slowest, time.monotonic() - began)
            self.answers[str(answer.status_code)] += 1
            if answer.status_code == 201:
                self.acknowledged.append((answer.json()["report"], name, time.monotonic()))
                return
            if answer.status_code not in {409, 429, 500, 503, 507}:
                self.wrong.append(f"{answer.status_code}: {answer.text[:200]}")
            if answer.headers.get("content-type") != "application/problem+json":
                self.wrong.append(f"no problem document: {answer.text[:100]}")
            time.sleep(min(float(answer.headers.get("retry-after", "1")), 1.0))
        self.wrong.append(f"{name} was never acknowledged")


def _finding(name: str) -> dict[str, object]:
    return finding_to_dict(
        Finding(
            fingerprint=fingerprint("drill", name),
            practice="dependencies",
            rule="vulnerable-dependency",
            title=f"{name} is vulnerable",
            severity="high",
            confidence="high",
            message="upgrade it",
            location=Location("resource", name),
        )
    )


class Traffic:
    """Senders at work; `outcome` stops them and looks at everything."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.stop = threading.Event()
        self.senders = [Sender(scene, number, self.stop) for number in range(SENDERS)]
        self.began = time.monotonic()
        for sender in self.senders:
            sender.start()

    def acknowledged(self) -> int:
        """Return how many reports were acknowledged until now."""
        return sum(len(sender.acknowledged) for sender in self.senders)

    def more(self, count: int = 2, seconds: float = 60.0) -> bool:
        """Wait until so many more reports were acknowledged; return whether that happened in time."""
        wanted = self.acknowledged() + count
        return until(lambda: self.acknowledged() >= wanted, seconds)

    def outcome(self, drill: str, seconds: float, returned: float, note: str = "") -> Outcome:
        """Stop the traffic, and return what became of all that was acknowledged. `returned`: when it was over."""
        self.more()
        self.stop.set()
        for sender in self.senders:
            sender.join(_PATIENCE_SECONDS + 30)
        wrong = [said for sender in self.senders for said in sender.wrong]
        answers: Counter[str] = sum((sender.answers for sender in self.senders), Counter())
        after = [at for sender in self.senders for _, _, at in sender.acknowledged if at >= returned]
        lost, twice, whole = self._looked()
        return Outcome(
            drill=drill,
            database="PostgreSQL" if self.scene.database.startswith("postgresql") else "SQLite",
            seconds=seconds,
            acknowledged=self.acknowledged(),
            refused=sum(count for status, count in answers.items() if status.isdecimal() and status != "201"),
            unanswered=answers["unanswered"],
            slowest=max(sender.slowest for sender in self.senders),
            back=min(after, default=float("inf")) - returned,
            lost=lost,
            twice=twice,
            ended=sum(node.process.poll() is not None for node in self.scene.nodes),
            whole=whole and not wrong,
            note="; ".join(dict.fromkeys([note, *wrong[:3]])).strip("; "),
        )

    def _looked(self) -> tuple[int, int, bool]:
        """Return how much that was acknowledged is not there, and is there twice, and whether the ledger is whole."""
        services = platform.services(settings.load(self.scene.folder, {}, database=self.scene.database or None))
        lost = twice = 0
        for sender in self.senders:
            reports: Counter[str] = Counter()
            page: Page | None = Page(1000)
            while page is not None:
                listing = services.findings.reports(PLATFORM, sender.service, page)
                reports.update(one.receipt.report for one in listing.rows if one.whole)
                page = Page(1000, listing.next_cursor) if listing.next_cursor else None
            mine = {report for report, _, _ in sender.acknowledged}
            lost += len(mine - set(reports)) + len(sender.acknowledged) - len(mine)
            twice += len(reports) - len(mine)  # a report that was sent again under its key is one report
            with services.database.reading() as tx:
                from sqlalchemy import select

                from wardline.catalog.tables import SERVICES
                from wardline.findings.tables import FINDINGS

                here = select(FINDINGS.c.fingerprint).join(SERVICES, SERVICES.c.id == FINDINGS.c.service)
                found = set(tx.scalars(here.where(SERVICES.c.slug == sender.service)))
            named = {fingerprint("drill", name) for _, name, _ in sender.acknowledged}
            lost += len(named - found)
        until(lambda: services.ledger.measured().pending == 0, 30)
        whole = services.ledger.verify().ok and services.ledger.measured().pending == 0
        services.database.close()
        return lost, twice, whole


@contextmanager
def traffic(folder: Path, database: str = "", *, nodes: int = 1, command: list[str] | None = None) -> Iterator[Traffic]:
    """Give nodes over a new database, under traffic; they end with the block."""
    scene = Scene(folder, database, command=command)
    made: Traffic | None = None
    try:
        scene.nodes += [scene.started() for _ in range(nodes - 1)]
        made = Traffic(scene)
        assert made.more(), "nothing is acknowledged even before the drill"
        yield made
    finally:
        if made is not None:
            made.stop.set()
        scene.end()


def until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is true; return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False
