"""A platform that is full: services, open findings, twice as many that were fixed, and a ledger of events.

It is filled on SQLite through the platform's own services without waiting for the disk (reports are received, events
are numbered and signed), and what was fixed before is put beside it in one statement for each table. PostgreSQL gets a
copy of every table. What was filled is kept in a folder and used again: as it is where its migrations are those of
this source tree, brought forward where only newer ones came, and filled anew else.
"""

import json
import random
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests import databases

from wardline.findings import tally_store
from wardline.findings.model import Query, Upload
from wardline.findings.report import Finding, PackageRef, Severity, fingerprint
from wardline.kernel import ids, settings
from wardline.kernel.database.engine import Database
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.model import Entry
from wardline.kernel.paging import Page
from wardline.main import migrating, platform
from wardline.main.schema import SCHEMA
from wardline.main.state import prepared
from wardline.services import Services

FORM = 1  # of what is filled: another number, and everything is filled anew
FINDINGS_EACH = 100
EVENTS_EACH = 1000
FIXED_FOR_EACH = 1  # that is open
PAST = timedelta(days=300)  # in which those were fixed
SEVERITIES: tuple[Severity, ...] = (
    "critical", "high", "high", "medium", "medium", "medium", "low", "low", "low", "low",
)  # fmt: skip
_KEPT = "seeded.json"
_MIGRATIONS = Path(migrating.__file__).with_name("migrations") / "versions"


class Clock:
    """A clock that whoever fills moves, and leaves alone afterwards."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime.now(UTC) - timedelta(days=60)

    def __call__(self) -> datetime:
        """Return the time it is set to."""
        return self.at


@contextmanager
def filled(folder: Path, kind: str, count: int) -> Iterator[Services]:
    """Give a platform of `count` services, kept in the folder, on "sqlite" or "postgresql", at the present time."""
    here = folder / str(count)
    lite = f"sqlite:///{_seeded(here, count)}"
    if kind == "sqlite":
        yield from _opened(here, lite)
        return
    with _server(here / "postgresql") as server:
        name = f"seeded{_stamp(here / _KEPT)}"
        if name not in _names(server):
            for other in _names(server):
                server.drop(other)
            making = server.made()
            copied(Database(lite), Database(server.dsn(making)))
            _renamed(server, making, name)
            shutil.rmtree(here / "node", ignore_errors=True)  # it has its own memory of what it has signed
            shutil.copy(here / "ledger.key", prepared(here / "node"))
        yield from _opened(here / "node", server.dsn(name))


def _opened(here: Path, url: str) -> Iterator[Services]:
    services = platform.services(settings.load(here, {}, database=url), Clock(datetime.now(UTC)))
    before = migrating.standing(services.database)
    if before != migrating.migrate(services.database):
        settled(services.database)
    try:
        yield services
    finally:
        services.database.close()


def _seeded(here: Path, count: int) -> Path:
    """Return the database file of a full platform, filled where it was not there."""
    file, note = here / "wardline.db", here / _KEPT
    kept = json.loads(note.read_text()) if note.exists() else {}
    known = kept.get("migrations", {})
    if kept.get("form") == FORM and known and known == {name: _migrations().get(name) for name in known}:
        return file
    shutil.rmtree(here, ignore_errors=True)
    prepared(here)
    began = time.perf_counter()
    _fill(here, file, count)
    note.write_text(json.dumps({"form": FORM, "migrations": _migrations(), "at": time.time()}))
    print(f"{count} services: filled in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return file


def _migrations() -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest()[:16] for path in sorted(_MIGRATIONS.glob("0*.py"))}


def _stamp(note: Path) -> str:
    return sha256(note.read_bytes()).hexdigest()[:12]


def _fill(here: Path, file: Path, count: int) -> None:
    clock = Clock()
    services = platform.services(settings.load(here, {}, database=f"sqlite:///{file}"), clock)

    @sa.event.listens_for(services.database.engine, "connect")
    def quick(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -262144")

    migrating.migrate(services.database)
    teams = [services.catalog.put_team(PLATFORM, f"team-{n}", name=f"Team {n}") for n in range(max(1, count // 20))]
    for number in range(count):
        services.catalog.put_service(
            PLATFORM, f"orders-{number}", name=f"Orders {number}", team=teams[number % len(teams)].id,
            exposed=number % 3 == 0,
        )  # fmt: skip
    step = timedelta(days=59) / count
    for number in range(count):
        clock.at += step
        services.findings.receive(PLATFORM, report(number))
    clock.at = datetime.now(UTC)
    with services.database.transaction() as tx:
        _past(tx)
    _events(services, clock.at, count * EVENTS_EACH)
    settled(services.database)
    services.database.close()


def report(service: int, more: int = 0) -> Upload:
    """Return a report about one service, whole: what it was filled with, and `more` that nobody knows yet."""
    found = (*findings(service, range(FINDINGS_EACH)), *findings(service, range(FINDINGS_EACH, FINDINGS_EACH + more)))
    return Upload(f"orders-{service}", "wardline check", found, complete=frozenset({"dependencies"}))


def findings(service: int, numbers: range) -> Iterator[Finding]:
    """Yield findings as a check reports them; those beyond `FINDINGS_EACH` are others each time."""
    made = str(time.time()) if numbers.start else ""
    for number in numbers:
        name = f"library-{(service * 7 + number) % 997}"
        advisory = f"CVE-2025-{10000 + (service * 31 + number) % 9000}"
        yield Finding(
            fingerprint=fingerprint("vulnerable-dependency", "PyPI", name, advisory, f"{number}{made}"),
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


def _past(tx: sa.Connection) -> None:
    """Put beside each open finding others that were fixed, each with its cycle and what was said of it."""
    chance = random.Random(3)
    now = datetime.now(UTC)
    tx.exec_driver_sql("CREATE TEMP TABLE gone (old TEXT PRIMARY KEY, new TEXT, name TEXT, began TEXT, ended TEXT)")
    for round_ in range(FIXED_FOR_EACH):
        rows = []
        for (old,) in tx.exec_driver_sql("SELECT id FROM findings WHERE open").fetchall():
            began = now - timedelta(days=30) - PAST * chance.random()
            ended = min(now, began + timedelta(days=min(29 + 300 * chance.random(), chance.expovariate(1 / 20))))
            name = sha256(f"{old} {round_}".encode()).hexdigest()[:32]
            rows.append((old, ids.new("fnd", began), name, *(f"{at:%Y-%m-%d %H:%M:%S.%f}" for at in (began, ended))))
        tx.exec_driver_sql("DELETE FROM gone")
        tx.exec_driver_sql("INSERT INTO gone VALUES (?, ?, ?, ?, ?)", rows)
        _beside(tx, "findings", "id", id="gone.new", fingerprint="gone.name", state="'fixed'", open="0",
                detected_at="gone.began", first_detected_at="gone.began", fixed_at="gone.ended",
                last_seen_at="gone.ended", due_at="datetime(gone.began, '+30 days') || '.000000'")  # fmt: skip
        _beside(tx, "finding_details", "finding", finding="gone.new")
        _beside(tx, "finding_cycles", "finding", finding="gone.new", ended_as="'fixed'",
                detected="unixepoch(gone.began)", ended="unixepoch(gone.ended)",
                due="unixepoch(gone.began, '+30 days')")  # fmt: skip
    tx.exec_driver_sql("DROP TABLE gone")


def _beside(tx: sa.Connection, table: str, key: str, **values: str) -> None:
    columns = SCHEMA.tables[table].columns.keys()
    chosen = ", ".join(values.get(name, f"{table}.{name}") for name in columns)
    tx.exec_driver_sql(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM gone JOIN {table} ON {table}.{key} = gone.old"
    )


def _events(services: Services, at: datetime, wanted: int) -> None:
    subjects = [row.id for row in services.findings.list(PLATFORM, Query(), Page(limit=500)).rows]
    entries = [Entry("finding:seen-again", subject, (), {}) for subject in subjects]
    for _ in range(0, wanted, 20 * len(entries)):
        with services.database.transaction() as tx:
            for _ in range(20):
                services.ledger.record_all(tx, at=at, who=PLATFORM, entries=entries)
    while services.ledger.sequence():
        pass


def copied(source: Database, target: Database) -> None:
    """Copy every table into another database, migrated first."""
    began = time.perf_counter()
    migrating.migrate(target, migrating.standing(source) or "head")
    with source.reading() as rows, target.transaction() as tx:
        rows.execute(sa.text("SELECT 1"))  # from here on it is one snapshot
        for table in SCHEMA.sorted_tables:
            if table.name == "finding_tallies":  # triggers count what comes
                continue
            if not sa.inspect(tx).has_table(table.name):
                continue
            tx.execute(sa.text(f"TRUNCATE {table.name} CASCADE") if table.name not in _GROWING else sa.text("SELECT 1"))
            _copied(rows, tx, table)
    settled(target)
    source.close()
    target.close()
    print(f"copied in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


_GROWING = {"ledger_events", "ledger_about", "ledger_leaves", "ledger_nodes", "ledger_heads"}


def _copied(rows: sa.Connection, tx: sa.Connection, table: sa.Table) -> None:
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    shown = [_shown(column) for column in columns]
    lite: Any = rows.connection.driver_connection
    server: Any = tx.connection.driver_connection
    made = lite.execute(f"SELECT {', '.join(shown)} FROM {table.name}")
    with server.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in made:
            copy.write_row(row)
    for column in columns:
        if column.identity is not None:
            tx.execute(
                sa.text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                    f"greatest(1, (SELECT max({column.name}) FROM {table.name})))"
                )
            )


def _shown(column: sa.Column[Any]) -> str:
    """Return how a column is read so that PostgreSQL's text format takes it."""
    if isinstance(column.type, sa.Boolean):
        return f"CASE \"{column.name}\" WHEN 1 THEN 't' WHEN 0 THEN 'f' END"
    if "Moment" in type(column.type).__name__:
        return f"\"{column.name}\" || '+00'"
    return f'"{column.name}"'


def settled(database: Database) -> None:
    """Have what is counted drawn together, and the database know its tables, as their upkeep has by then."""
    with database.transaction() as tx:
        if sa.inspect(tx).has_table("finding_tallies"):
            tally_store.drawn_together(tx)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.postgresql:
            connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            lite: Any = connection.connection.driver_connection
            lite.rollback()
            lite.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _server(folder: Path) -> Iterator[databases.Cluster]:
    """Give a PostgreSQL server over a folder that stays."""
    folder.mkdir(exist_ok=True)
    server = Kept(folder, fsync=True)
    try:
        yield server
    finally:
        server.stop()


class Kept(databases.Cluster):
    """A cluster that is made once."""

    def _run(self, program: str, *arguments: str | Path) -> None:
        if not (self.folder / "data" / "PG_VERSION").exists():
            super()._run(program, *arguments)


def _names(server: databases.Cluster) -> list[str]:
    with Database(server.dsn("postgres")).engine.connect() as connection:
        listed = connection.exec_driver_sql("SELECT datname FROM pg_database WHERE datname LIKE 'seeded%%'")
        return [row[0] for row in listed]


def _renamed(server: databases.Cluster, name: str, to: str) -> None:
    with Database(server.dsn("postgres")).engine.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" RENAME TO {to}')
        connection.commit()
