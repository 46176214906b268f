"""How quick the platform is when it is full: every page and list, imports, events; on SQLite and PostgreSQL.

    python benchmarks/platform.py                    # 100 services, 10,000 open findings, 100,000 events; then tenfold
    python benchmarks/platform.py --scale 1 --only sqlite --folder FOLDER     # filled once, used again from there

Each answer is asked for through the whole application, in one process, without the network. PostgreSQL is a server of
the benchmark's own, with its defaults (fsync on).
"""

# ruff: noqa: A005, E402, I001 - named for what it measures; first of all, this folder must not hide the library's platform
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx

from benchmarks import seeding
from benchmarks.seeding import FINDINGS_EACH
from tests import databases
from wardline.findings.model import Query
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.identity.tokens import NEVER
from wardline.kernel.ledger.model import Entry
from wardline.kernel.paging import Page
from wardline.kernel.serving.metrics import Metrics
from wardline.main.application import routes
from wardline.services import Services

PAGES = ("/", "/findings", "/findings?q=overflow", "/findings?severity=critical", "/waivers", "/portfolio", "/velocity",
         "/ledger", "/settings", "/search?q=orders-7")  # fmt: skip
LISTS = ("/api/v1/findings", "/api/v1/findings?severity=critical", "/api/v1/findings?text=overflow", "/api/v1/services",
         "/api/v1/waivers", "/api/v1/teams", "/api/v1/ledger/events", "/api/v1/duties")  # fmt: skip


def worked(services: Services, rounds: int) -> dict[str, float]:
    """Return how much is taken in each second: new findings, known ones, events. What was opened is fixed again."""
    clock: Any = services.clock
    at = clock.at
    began = time.perf_counter()
    for number in range(rounds):
        services.findings.receive(PLATFORM, seeding.report(number, FINDINGS_EACH))
    imports = time.perf_counter() - began
    clock.at = at + timedelta(seconds=1)
    began = time.perf_counter()
    for number in range(rounds):
        services.findings.receive(PLATFORM, seeding.report(number))
    again = time.perf_counter() - began
    subjects = [row.id for row in services.findings.list(PLATFORM, Query(), Page(limit=500)).rows]
    entries = [Entry("finding:seen-again", subject, (), {}) for subject in subjects]
    began = time.perf_counter()
    with services.database.transaction() as tx:
        for _ in range(10):
            services.ledger.record_all(tx, at=clock.at, who=PLATFORM, entries=entries)
    record = time.perf_counter() - began
    began = time.perf_counter()
    numbered = 0
    while got := services.ledger.sequence():
        numbered += got
    clock.at = datetime.now(UTC)
    return {
        "import": 2 * rounds * FINDINGS_EACH / imports,
        "again": rounds * FINDINGS_EACH / again,
        "record": 10 * len(entries) / record,
        "sequence": numbered / (time.perf_counter() - began),
    }


class Asked(NamedTuple):
    """One address: its status and times in milliseconds."""

    what: str
    status: int
    p50: float
    p95: float
    cpu: float  # the mean of it in this process and in the database's: what a busy machine does not change

    def shown(self) -> str:
        """Return one cell of the table."""
        late = "*" if self.p95 > 150 else ""
        return f"{self.p50:.0f} / {self.p95:.0f}{late}{'' if self.status == 200 else f' ({self.status})'}"


async def ask(services: Services, repeat: int, only: str) -> list[Asked]:
    link = services.identity.first_link()
    transport = httpx.ASGITransport(routes(services, Metrics()))
    found = []
    async with httpx.AsyncClient(transport=transport, base_url=services.settings.base_url) as browser:
        form = {"origin": services.settings.base_url, "content-type": "application/x-www-form-urlencoded"}
        await browser.post(link, content=b"", headers=form)
        who, _ = services.identity.session(next(iter(browser.cookies.values())))
        _, token = services.identity.create_token(
            who, "benchmark", who.permissions - NEVER, frozenset(), services.clock() + timedelta(days=1)
        )
        one = services.findings.list(PLATFORM, Query(), Page(limit=1)).rows[0]
        pages = [*PAGES, "/services/orders-1", f"/findings/{one.id}", f"/id/{one.id}"]
        lists = [*LISTS, f"/api/v1/findings/{one.id}", "/api/v1/services/orders-1"]
        for address in [*pages, *lists]:
            if only not in address:
                continue
            headers = {"authorization": f"Bearer {token}"} if address.startswith("/api") else {}
            found.append(await _timed(services, browser, address, headers, repeat))
    return found


async def _timed(
    services: Services, browser: httpx.AsyncClient, address: str, headers: dict[str, str], repeat: int
) -> Asked:
    times = []
    response: Any = await browser.get(address, headers=headers)
    worked = time.process_time() + _database_seconds(services)
    for _ in range(repeat):
        began = time.perf_counter()
        response = await browser.get(address, headers=headers)
        times.append((time.perf_counter() - began) * 1000)
    worked = time.process_time() + _database_seconds(services) - worked
    times.sort()
    p95 = times[int(len(times) * 0.95)]
    return Asked(address, response.status_code, statistics.median(times), p95, worked / repeat * 1000)


def _database_seconds(services: Services) -> float:
    """Return the processor time that PostgreSQL's processes of our connections have taken."""
    if not services.database.postgresql:
        return 0.0
    with services.database.reading() as tx:
        pids = tx.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").scalars().all()
    taken = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(part[11]) + int(part[12]) for part in taken) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, kind: str, count: int, given: argparse.Namespace) -> tuple[dict[str, float], list[Asked]]:
    with seeding.filled(folder, kind, count) as services:
        asked = asyncio.run(ask(services, given.repeat, given.page))
        done = {} if given.page else worked(services, 10)
    print(f"{kind}, {count} services: done", file=sys.stderr, flush=True)
    return done, asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, nargs="+", default=[0.1, 1.0], help="1 is 1,000 services")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--repeat", type=int, default=40)
    parser.add_argument("--folder", type=Path, help="where what is filled is kept, and used again")
    parser.add_argument("--page", default="", help="ask only for addresses that contain this, and import nothing")
    given = parser.parse_args()
    kinds = [given.only] if given.only else ["sqlite", "postgresql"]
    results: dict[tuple[str, int], tuple[dict[str, float], list[Asked]]] = {}
    folder = given.folder or Path(tempfile.mkdtemp(prefix="wardline-bench-", dir="/tmp"))
    for scale in given.scale:
        count = max(1, int(1000 * scale))
        for kind in kinds:
            if kind == "postgresql" and databases.programs() is None:
                print("no PostgreSQL server here: not measured")
                continue
            results[kind, count] = measure(folder, kind, count, given)
    if not given.folder:
        shutil.rmtree(folder, ignore_errors=True)
    show(results)


def show(results: dict[tuple[str, int], tuple[dict[str, float], list[Asked]]]) -> None:
    heads = [f"{kind} {count}" for kind, count in results]
    print(f"\n{'per second':<36}" + "".join(f"{head:>22}" for head in heads))
    for name, meaning in (
        ("import", "findings imported, half new"),
        ("again", "findings imported, the others gone"),
        ("record", "events recorded"),
        ("sequence", "events numbered"),
    ):
        print(f"{meaning:<36}" + "".join(f"{filled.get(name, 0):>22,.0f}" for filled, _ in results.values()))
    print(f"\n{'p50 / p95, ms (* above 150)':<36}" + "".join(f"{head:>22}" for head in heads))
    for rows in zip(*(asked for _, asked in results.values()), strict=True):
        print(f"{_short(rows[0].what):<36}" + "".join(f"{row.shown():>22}" for row in rows))
    print(f"\n{'processor time of an answer, ms':<36}" + "".join(f"{head:>22}" for head in heads))
    for rows in zip(*(asked for _, asked in results.values()), strict=True):
        print(f"{_short(rows[0].what):<36}" + "".join(f"{row.cpu:>22.0f}" for row in rows))
    print(f"\npeak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _short(address: str) -> str:
    return address if len(address) < 33 else address[:30] + "…"


if __name__ == "__main__":
    main()
