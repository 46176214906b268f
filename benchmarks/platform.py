"""How quick the platform is when it is full: every page and list, imports, events; on SQLite and PostgreSQL.

    python benchmarks/platform.py                    # 100 services, 10,000 open findings, 100,000 events; then tenfold
    python benchmarks/platform.py --scale 1 --only sqlite

Each answer is asked for through the whole application, in one process, without the network. PostgreSQL is a server of
the benchmark's own, with its defaults (fsync on).
"""

# ruff: noqa: A005, E402, I001 - named for what it measures; first of all, this folder must not hide the library's platform
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import argparse
import asyncio
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import httpx

from tests import databases
from wardline.findings.model import Query, Upload
from wardline.findings.report import Finding, PackageRef, Severity, fingerprint
from wardline.kernel import settings
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.identity.tokens import NEVER
from wardline.kernel.ledger.model import Entry
from wardline.kernel.paging import Page
from wardline.kernel.serving.metrics import Metrics
from wardline.main import migrating, platform
from wardline.main.application import routes
from wardline.main.state import prepared
from wardline.services import Services

FINDINGS_EACH = 100
EVENTS_EACH = 1000
SEVERITIES: tuple[Severity, ...] = (
    "critical",
    "high",
    "high",
    "medium",
    "medium",
    "medium",
    "low",
    "low",
    "low",
    "low",
)
PAGES = ("/", "/findings", "/findings?q=overflow", "/findings?severity=critical", "/waivers", "/portfolio", "/velocity",
         "/ledger", "/settings", "/search?q=orders-7")  # fmt: skip
LISTS = ("/api/v1/findings", "/api/v1/findings?severity=critical", "/api/v1/findings?text=overflow", "/api/v1/services",
         "/api/v1/waivers", "/api/v1/teams", "/api/v1/ledger/events", "/api/v1/duties")  # fmt: skip


class Clock:
    """A clock that the benchmark moves while it fills, and leaves alone afterwards."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) - timedelta(days=60)

    def __call__(self) -> datetime:
        """Return the time it is set to."""
        return self.at


def findings(service: int, count: int) -> Iterator[Finding]:
    for number in range(count):
        name = f"library-{(service * 7 + number) % 997}"
        advisory = f"CVE-2025-{10000 + (service * 31 + number) % 9000}"
        yield Finding(
            fingerprint=fingerprint("vulnerable-dependency", "PyPI", name, advisory, str(number)),
            practice="dependencies",
            rule="vulnerable-dependency",
            title=f"{name}: {('buffer overflow', 'injection', 'weak check', 'denial of service')[number % 4]}",
            severity=SEVERITIES[number % 10],
            confidence="high",
            message=f"{name} 1.{number}.0 is affected by {advisory}; 1.{number + 1}.0 is not.",
            file="requirements.txt",
            line=number + 1,
            package=PackageRef("PyPI", name, f"1.{number}.0", f"pkg:pypi/{name}@1.{number}.0"),
            advisories=(advisory,),
        )


def fill(services: Services, clock: Clock, count: int) -> dict[str, float]:
    """Fill the platform and return how long each part took, in seconds."""
    began = time.perf_counter()
    teams = [services.catalog.put_team(PLATFORM, f"team-{n}", name=f"Team {n}") for n in range(max(1, count // 20))]
    for number in range(count):
        services.catalog.put_service(
            PLATFORM, f"orders-{number}", name=f"Orders {number}", team=teams[number % len(teams)].id,
            exposed=number % 3 == 0,
        )  # fmt: skip
    catalog = time.perf_counter() - began
    began = time.perf_counter()
    step = timedelta(days=59) / count
    for number in range(count):
        clock.at += step
        services.findings.receive(
            PLATFORM,
            Upload(f"orders-{number}", "wardline check", tuple(findings(number, FINDINGS_EACH)),
                   complete=frozenset({"dependencies"})),
        )  # fmt: skip
    imports = time.perf_counter() - began
    began = time.perf_counter()
    subjects = [row.id for row in services.findings.list(PLATFORM, Query(), Page(limit=500)).rows]
    entries = [Entry("finding:seen-again", subject, (), {}) for subject in subjects]
    wanted = count * EVENTS_EACH
    written = 0
    while written < wanted:
        with services.database.transaction() as tx:
            for _ in range(10):
                services.ledger.record_all(tx, at=clock.at, who=PLATFORM, entries=entries[: wanted - written])
                written += len(entries)
    record = time.perf_counter() - began
    began = time.perf_counter()
    numbered = 0
    while got := services.ledger.sequence():
        numbered += got
    if services.database.postgresql:  # what a busy server's autovacuum has done by then
        with services.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return {
        "catalog": catalog,
        "import": count * FINDINGS_EACH / imports,
        "record": written / record,
        "sequence": numbered / (time.perf_counter() - began),
    }


class Asked(NamedTuple):
    """One address: its status and times in milliseconds."""

    what: str
    status: int
    p50: float
    p95: float
    size: int

    def shown(self) -> str:
        """Return one cell of the table."""
        late = "*" if self.p95 > 150 else ""
        return f"{self.p50:.0f} / {self.p95:.0f}{late}{'' if self.status == 200 else f' ({self.status})'}"


async def ask(services: Services, repeat: int) -> list[Asked]:
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
            headers = {"authorization": f"Bearer {token}"} if address.startswith("/api") else {}
            found.append(await _timed(browser, address, headers, repeat))
    return found


async def _timed(browser: httpx.AsyncClient, address: str, headers: dict[str, str], repeat: int) -> Asked:
    times = []
    response: Any = None
    for _ in range(repeat):
        began = time.perf_counter()
        response = await browser.get(address, headers=headers)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return Asked(
        address, response.status_code, statistics.median(times), times[int(len(times) * 0.95)], len(response.content)
    )


def measure(kind: str, url: str, count: int, repeat: int) -> tuple[dict[str, float], list[Asked]]:
    folder = prepared(Path(tempfile.mkdtemp(prefix="wardline-bench-")))
    clock = Clock()
    services = platform.services(settings.load(folder, {}, database=url or None), clock)
    migrating.migrate(services.database)
    filled = fill(services, clock, count)
    clock.at = datetime.now(UTC)
    asked = asyncio.run(ask(services, repeat))
    services.database.close()
    shutil.rmtree(folder)
    print(f"{kind}, {count} services: done", file=sys.stderr, flush=True)
    return filled, asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, nargs="+", default=[0.1, 1.0], help="1 is 1,000 services")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--repeat", type=int, default=40)
    given = parser.parse_args()
    kinds = [given.only] if given.only else ["sqlite", "postgresql"]
    results: dict[tuple[str, int], tuple[dict[str, float], list[Asked]]] = {}
    folder = Path(tempfile.mkdtemp(prefix="wardline-pg-", dir="/tmp"))
    for scale in given.scale:
        count = max(1, int(1000 * scale))
        for kind in kinds:
            if kind == "sqlite":
                results[kind, count] = measure(kind, "", count, given.repeat)
                continue
            if databases.programs() is None:
                print("no PostgreSQL server here: not measured")
                continue
            for server in islice(databases.cluster(folder / str(count), fsync=True), 1):
                results[kind, count] = measure(kind, server.dsn(server.made()), count, given.repeat)
    shutil.rmtree(folder, ignore_errors=True)
    show(results)


def show(results: dict[tuple[str, int], tuple[dict[str, float], list[Asked]]]) -> None:
    heads = [f"{kind} {count}" for kind, count in results]
    print(f"\n{'per second':<34}" + "".join(f"{head:>22}" for head in heads))
    for name, meaning in (
        ("import", "findings imported"),
        ("record", "events recorded"),
        ("sequence", "events numbered"),
    ):
        print(f"{meaning:<34}" + "".join(f"{filled[name]:>22,.0f}" for filled, _ in results.values()))
    print(f"\n{'p50 / p95, ms (* above 150)':<34}" + "".join(f"{head:>22}" for head in heads))
    for rows in zip(*(asked for _, asked in results.values()), strict=True):
        name = rows[0].what if len(rows[0].what) < 33 else rows[0].what[:30] + "…"
        print(f"{name:<34}" + "".join(f"{row.shown():>22}" for row in rows))
    print(f"\npeak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
