"""A node for stories: does one duty of waivers, of the ladder or of notices, and is killed where it is told to.

Started once as a program it has everything imported, and forks a node for each line of JSON on its standard input:

    {"url": …, "key": FILE, "duty": "waivers:keep", "now": "2026-…", "at": "inside", "step": 1, "sent": FILE}

The node sends itself SIGKILL before, inside (all done, not committed) or after its transaction number `step`, and
otherwise goes on until nothing is owed any more. What it sends, it appends to a file.
"""

import contextlib
import json
import os
import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from wardline.catalog.service import Catalog
from wardline.findings.waivers.service import Waivers
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty
from wardline.kernel.duties.service import Duties
from wardline.kernel.duties.turn import LeasedTurn
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.notices.delivery import Courier
from wardline.kernel.notices.model import Sent

LEASE_SECONDS = 0.2


class File:
    """A channel that appends what it is given to a file, in one write."""

    def __init__(self, name, path):
        self.name, self.max_sections, self._path = name, 2, path

    def off(self):
        return ""

    def send(self, message):
        line = json.dumps([self.name, message.key, message.address, [one.subject for one in message.sections]])
        with self._path.open("ab", buffering=0) as opened:
            opened.write(line.encode() + b"\n")
        return Sent("written")


def dying(at, step):
    """Make every turn of this process count its transactions, and die at one."""
    begun = LeasedTurn.transaction
    count = [0]

    def point(name):
        if (name, count[0]) == (at, step):
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def transaction(self):
        count[0] += 1
        point("before")
        with begun(self) as tx:
            yield tx
            point("inside")
        point("after")

    LeasedTurn.transaction = transaction


def run(order):
    dying(order.get("at"), order.get("step"))
    now = [datetime.fromisoformat(order["now"])]
    database = Database(order["url"])
    ledger = Ledger(database, lambda: now[0], Signer.opened(Path(order["key"]).parent / "nowhere", Path(order["key"])))
    waivers = Waivers(database, lambda: now[0], ledger, Catalog(database, lambda: now[0], ledger))
    sent = Path(order["sent"])
    courier = Courier({name: File(name, sent) for name in ("email", "slack")}, "https://wardline.example")
    owed = {one.name: one for one in (*waivers.duties(), Duty("notices:deliver", "Send", 15, courier.run))}
    duty = owed[order["duty"]]._replace(lease_seconds=LEASE_SECONDS)
    runner = Duties(database, lambda: now[0], f"node-{os.getpid()}").runner([duty])
    until = time.monotonic() + 20
    while time.monotonic() < until:
        outcomes = runner.step(now[0])
        if any(not outcome.said for outcome in outcomes):
            return
        if outcomes:
            now[0] += timedelta(seconds=duty.every_seconds)
        else:
            time.sleep(0.02)  # a dead node's lease has to end first


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                run(json.loads(line))
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{-os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
