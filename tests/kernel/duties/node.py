"""A node of the platform for tests: a process that runs duties, and dies or stops where it is told to.

Started once as a program, it has everything imported and forks a node for each line of JSON that it is given on its
standard input, and answers with the node's process id:

    {"url": …, "name": …, "at": "in-transaction", "signal": 9, "lease": 0.4, "key": FILE, "sequencer": true}

The node sends itself that signal at that point of its second step.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import text

from wardline.kernel.clock import now
from wardline.kernel.database.engine import Database
from wardline.kernel.duties import store
from wardline.kernel.duties.model import Duty, Turn
from wardline.kernel.duties.service import Duties
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger

STEP = 2  # of a node's turn: so that something was done before, and is there to be done after


def run(order: dict) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    database = Database(order["url"])
    ledger = Ledger(database, now, Signer.opened(Path(order["key"]).parent / "nowhere", Path(order["key"])))
    steps = [0]

    def point(name: str) -> None:
        if order.get("at") == name and steps[0] >= STEP:
            order["at"] = None
            os.kill(os.getpid(), order["signal"])
            time.sleep(0.3)  # the signal may reach another thread first: this one goes no further meanwhile

    def work(turn: Turn) -> str:
        done = 0
        while not turn.stopping:
            steps[0] += 1
            point("before-transaction")
            with turn.transaction() as tx:
                point("before-effect")
                row = tx.execute(text("SELECT id FROM work WHERE done = 0 ORDER BY id LIMIT 1")).first()
                if row is None:
                    break
                tx.execute(
                    text("INSERT INTO effects (work, node, fence) VALUES (:work, :node, :fence)"),
                    {"work": row.id, "node": order["name"], "fence": turn.fence},
                )
                point("in-transaction")
                tx.execute(text("UPDATE work SET done = 1 WHERE id = :id"), {"id": row.id})
                ledger.record(tx, at=now(), who=PLATFORM, action="work:done", subject=f"work-{row.id}")
                point("before-commit")
            point("after-commit")
            done += 1
        steps[0] += STEP
        point("before-settling")
        return str(done)

    settle = store.settle

    def settling(*arguments, **changes):
        found = settle(*arguments, **changes)
        point("settled-not-committed")
        return found

    store.settle = settling
    lease = order["lease"]
    duties = [Duty("work", "Work is done", 0.1, work, lease_seconds=lease)]
    if order["sequencer"]:
        duties.append(ledger.duty()._replace(lease_seconds=lease))
    Duties(database, now, order["name"]).runner(duties).run(stop)
    database.close()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nodes are not waited for
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                run(order)
                code = 0
            finally:
                os._exit(code)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
