"""The rows of duties: made once, taken by who saw them last, ended under their own fence."""

import threading

from wardline.kernel.database.engine import Database
from wardline.kernel.duties import store
from wardline.kernel.duties.model import Duty

DUTY = Duty("d", "D", 60, lambda turn: "")


def test_nodes_that_start_together_make_one_row(database, database_url, clock):
    meet = threading.Barrier(4)
    failed = []

    def start():
        own = Database(database_url)
        try:
            meet.wait(10)
            with own.transaction() as tx:
                store.register(tx, [DUTY, DUTY._replace(name="e")], clock())
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with database.reading() as tx:
        assert list(store.rows(tx)) == ["d", "e"]


def test_a_duty_is_taken_once_for_each_time_it_was_seen(database, clock):
    with database.transaction() as tx:
        store.register(tx, [DUTY], clock())
        seen = store.rows(tx)["d"]
        assert store.take(tx, seen, "one", clock()) == 1
        assert store.take(tx, seen, "two", clock()) is None
        assert store.keep(tx, "d", 1, idle_ms=1000)
        assert store.take(tx, seen._replace(standing=seen.standing._replace(fence=1), beat=1), "two", clock()) is None
        assert store.take(tx, store.rows(tx)["d"], "two", clock()) == 2
        assert not store.keep(tx, "d", 1, idle_ms=1000)
        assert store.settle(tx, "d", 1, last_said="late") is None
        assert store.hangs(tx, "d", 1, clock()) is None
        assert store.settle(tx, "d", 2, last_said="done").last_said == "done"
