"""The ledger: events recorded and numbered in a second, how soon a head stands, what proofs and verifying cost.

    python benchmarks/ledger.py                               # 10,000 and 100,000 events, SQLite and PostgreSQL
    python benchmarks/ledger.py --events 10000 1000000

Each event is about three things and has 100 bytes of details. "One by one" is a transaction each, as a request makes;
"in bulk" 1,000 in a transaction, as an import makes. A head's latency is from an event's commit to a head over it, with
the sequencer in its own thread, at 50 events a second. PostgreSQL is a server of the benchmark's own, with fsync on.
"""

# ruff: noqa: E402, I001 - first of all, this folder must not hide the library's `platform`
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import argparse
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from tests import databases
from wardline.kernel import merkle
from wardline.kernel.clock import now
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.service import Duties
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page
from wardline.main.schema import SCHEMA

BULK = 1_000
DETAILS = {"severity": "high", "rule": "dependency:known-vulnerability", "note": "x" * 30}


def entry(number: int) -> Entry:
    return Entry("finding:opened", f"fnd-{number:026}", (f"svc-{number % 1000:026}", f"tea-{number % 50:026}"), DETAILS)


def fill(database: Database, ledger: Ledger, upto: int) -> tuple[float, float]:
    """Bring the ledger to `upto` events; return how many a second were recorded in bulk, and numbered."""
    head = ledger.head(PLATFORM)
    first = head.size if head else 0
    recorded = numbered = 0.0
    for start in range(first, upto, 10 * BULK):
        end = min(start + 10 * BULK, upto)
        began = time.perf_counter()
        for bulk in range(start, end, BULK):
            entries = [entry(number) for number in range(bulk, min(bulk + BULK, end))]
            with database.transaction() as tx:
                ledger.record_all(tx, at=now(), who=PLATFORM, entries=entries)
        recorded += time.perf_counter() - began
        began = time.perf_counter()
        while ledger.sequence():
            pass
        numbered += time.perf_counter() - began
    return (upto - first) / recorded, (upto - first) / numbered


def one_by_one(database: Database, ledger: Ledger, count: int = 500) -> float:
    began = time.perf_counter()
    for number in range(count):
        one = entry(number)
        with database.transaction() as tx:
            ledger.record(tx, at=now(), who=PLATFORM, action=one.action, subject=one.subject, about=one.about,
                          details=one.details)  # fmt: skip
    return count / (time.perf_counter() - began)


def latencies(database: Database, ledger: Ledger, count: int = 200) -> list[float]:
    """Return the seconds from each event's commit to a head over it."""
    stop = threading.Event()
    runner = Duties(database, now, "benchmark").runner([ledger.duty()])
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    committed: dict[str, datetime] = {}
    try:
        time.sleep(1.5)
        for number in range(count):
            with database.transaction() as tx:
                made = ledger.record(tx, at=now(), who=PLATFORM, action="a:b", subject=str(number))
            committed[made] = now()
            time.sleep(0.02)
        time.sleep(0.5)
    finally:
        stop.set()
        thread.join()
    while ledger.sequence():
        pass
    heads = sorted((head.size, head.at) for head in ledger.heads(PLATFORM, Page(1000)).rows)
    waited = []
    for made, at in committed.items():
        number = ledger.get(PLATFORM, made).number or 0
        waited.append((next(when for size, when in heads if size > number) - at).total_seconds())
    return waited


def timed_ms(work: Callable[[], Any], rounds: int = 200) -> tuple[float, float]:
    """Return the median and the 99th percentile in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), statistics.quantiles(took, n=100)[98]


def proofs(ledger: Ledger) -> tuple[tuple[float, float], tuple[float, float]]:
    head = ledger.head(PLATFORM)
    assert head is not None
    numbers = iter(range(0, head.size, max(1, head.size // 211)))
    sizes = iter(range(1, head.size, max(1, head.size // 211)))

    def inclusion() -> None:
        number = next(numbers)
        proof = ledger.inclusion(PLATFORM, number, head.size)
        assert merkle.verify_inclusion(proof.first_hash, number, head.size, proof.hashes, head.root)

    def consistency() -> None:
        first = next(sizes)
        proof = ledger.consistency(PLATFORM, first, head.size)
        assert merkle.verify_consistency(first, head.size, proof.hashes, proof.first_hash, head.root)

    return timed_ms(inclusion), timed_ms(consistency)


@contextmanager
def opened(kind: str) -> Iterator[Database]:
    folder = Path(tempfile.mkdtemp(prefix=f"wardline-{kind}-", dir="/tmp"))
    if kind == "sqlite":
        database = Database(f"sqlite:///{folder}/wardline.db")
        server: Iterator[Any] = iter(())
    else:
        server = databases.cluster(folder, fsync=True)
        cluster = next(server)
        database = Database(cluster.dsn(cluster.made()))
    try:
        with database.transaction() as tx:
            SCHEMA.create_all(tx)
        yield database
    finally:
        database.close()
        next(server, None)
        shutil.rmtree(folder, ignore_errors=True)


def bytes_of(database: Database) -> int:
    with database.reading() as tx:
        if database.postgresql:
            return int(tx.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)
        pages = int(tx.exec_driver_sql("PRAGMA page_count").scalar() or 0)
        return pages * int(tx.exec_driver_sql("PRAGMA page_size").scalar() or 0)


def measure(kind: str, counts: list[int]) -> list[tuple[str, list[str]]]:
    rows: dict[str, list[str]] = {}

    def note(what: str, said: str) -> None:
        rows.setdefault(what, []).append(said)

    with opened(kind) as database:
        ledger = Ledger(database, now, Signer.generated())
        for count in counts:
            recorded, numbered = fill(database, ledger, count)
            note("recorded in bulk, events/s", f"{recorded:,.0f}")
            note("numbered and signed, events/s", f"{numbered:,.0f}")
            inclusion, consistency = proofs(ledger)
            note("proof of inclusion, ms p50 / p99", "{:.1f} / {:.1f}".format(*inclusion))
            note("proof of consistency, ms p50 / p99", "{:.1f} / {:.1f}".format(*consistency))
            listed = timed_ms(lambda: ledger.list(PLATFORM, about=entry(7).about[0], page=Page(50)), 100)
            note("list of 50 about a service, ms p50 / p99", "{:.1f} / {:.1f}".format(*listed))
            began, cpu = time.perf_counter(), time.process_time()
            assert ledger.verify().ok
            took, of_cpu = time.perf_counter() - began, time.process_time() - cpu
            note("verify everything, s (of our CPU)", f"{took:.1f} ({of_cpu:.1f})")
            note("database, bytes an event", f"{bytes_of(database) / count:,.0f}")
            note("recorded one by one, events/s", f"{one_by_one(database, ledger):,.0f}")
            waited = latencies(database, ledger)
            middle, slow = statistics.median(waited) * 1000, statistics.quantiles(waited, n=100)[98] * 1000
            note("until a head stands, ms p50 / p99", f"{middle:.0f} / {slow:.0f}")
    return list(rows.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    for kind in [given.only] if given.only else ["sqlite", "postgresql"]:
        print(f"\n| {kind} | {' | '.join(f'{count:,} events' for count in given.events)} |")
        print(f"|---|{'---:|' * len(given.events)}")
        for what, said in measure(kind, given.events):
            print(f"| {what} | {' | '.join(said)} |", flush=True)


if __name__ == "__main__":
    main()
