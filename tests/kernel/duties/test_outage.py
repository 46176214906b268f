"""The database dies under duties and under the sequencer, and comes back: they go on by themselves."""

import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from tests import databases

from wardline.kernel.clock import now
from wardline.kernel.database.engine import Database
from wardline.kernel.duties import runner as runner_module
from wardline.kernel.duties.model import Duty
from wardline.kernel.duties.service import Duties
from wardline.kernel.errors import UnavailableError
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page


@pytest.fixture(scope="module")
def cluster():
    if databases.programs() is None:
        pytest.skip("no PostgreSQL server here: install Debian's package postgresql (make system)")
    yield from databases.cluster(Path(tempfile.mkdtemp(prefix="wardline-out-", dir="/tmp")))


@pytest.fixture
def database(cluster):
    from wardline.main.schema import SCHEMA

    made = Database(cluster.dsn(cluster.made()))
    with made.transaction() as tx:
        SCHEMA.create_all(tx)
        tx.execute(text("CREATE TABLE effects (fence INTEGER)"))
    yield made
    made.close()


def until(true, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGINT], ids=["crash", "shutdown"])
def test_duties_and_the_sequencer_outlive_the_database(cluster, database, monkeypatch, how):
    monkeypatch.setattr(runner_module, "_LONGEST_LOOK_SECONDS", 0.5)
    ledger = Ledger(database, now, Signer.generated())
    recorded = []

    def work(turn):
        with turn.transaction() as tx:
            tx.execute(text("INSERT INTO effects VALUES (:fence)"), {"fence": turn.fence})
            made = ledger.record(tx, at=turn.now, who=PLATFORM, action="a:b", subject=str(turn.fence))
        recorded.append(made)
        return ""

    def numbered():
        return {event.id for event in ledger.list(PLATFORM, action="a:b", page=Page(1000)).rows if event.number}

    def all_numbered():
        return set(recorded) <= numbered()

    stop = threading.Event()
    runner = Duties(database, now, "one").runner([Duty("work", "Work", 0.05, work), ledger.duty()])
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        until(lambda: len(recorded) >= 2 and all_numbered())
        cluster.stop(how)
        time.sleep(0.8)
        with pytest.raises(UnavailableError):
            ledger.head(PLATFORM)
        before = len(recorded)
        cluster.start()
        until(lambda: len(recorded) >= before + 2)
        until(all_numbered)
    finally:
        stop.set()
        thread.join(15)
    assert not thread.is_alive()
    with database.reading() as tx:
        fences = tx.scalars(text("SELECT fence FROM effects")).all()
    assert len(fences) == len(set(fences)), "each turn had its effect once"
    events = ledger.list(PLATFORM, action="a:b", page=Page(1000)).rows
    assert sorted(event.subject for event in events) == sorted(str(fence) for fence in fences)
    assert ledger.verify().ok
