"""Two nodes whose every step may be followed by any step of the other, by a crash, by waiting or by a jump of a clock.

A piece of work is done in a transaction of a turn. Whatever happens: none is done twice, each is done by the newest
lease there was, and what is left is done once the clocks have run on.
"""

import shutil
import threading
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text

from wardline.kernel.database.engine import Database
from wardline.kernel.duties import store
from wardline.kernel.duties.model import Duty, LeaseLostError
from wardline.kernel.duties.service import Duties
from wardline.kernel.duties.turn import LeasedTurn

LEASE_SECONDS = 30
PERIOD_SECONDS = 60
WORK = 12


class Node:
    """One node: a runner, its clocks, and the turn that it is in the middle of."""

    def __init__(self, name, database):
        self.name, self.database = name, database
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.seconds = 0.0
        self.boot()

    def boot(self):
        self.duty = Duty("d", "D", PERIOD_SECONDS, self.work_all, lease_seconds=LEASE_SECONDS)
        duties = Duties(self.database, lambda: self.at, self.name, elapsed=lambda: self.seconds)
        self.runner = duties.runner([self.duty])
        self.turn = self.before = None

    def begin(self):
        """Look, and take the duty where it is due and free."""
        for row in self.runner._due(self.at):
            with self.database.transaction() as tx:
                fence = store.take(tx, row, self.runner._holder, self.at)
            assert fence is not None
            self.before = row.standing
            self.turn = LeasedTurn(
                self.database, self.duty, fence, clock=lambda: self.at, elapsed=lambda: self.seconds,
                stop=threading.Event(), patient=False,
            )  # fmt: skip
            self.runner._running["d"] = threading.current_thread()

    def work(self):
        """Do one piece of work; return whether there was one."""
        return work(self.turn)

    def work_all(self, turn):
        while work(turn):
            pass
        return "all"

    def finish(self, *, failing):
        fence = self.turn.fence
        if failing:
            self.runner._failed(self.duty, fence, self.before, self.at, KeyError())
        else:
            self.runner._succeeded(self.duty, fence, self.before, self.at, "done")
        self.leave()

    def leave(self):
        self.turn = None
        del self.runner._running["d"]


def work(turn):
    with turn.transaction() as tx:
        row = tx.execute(text("SELECT id FROM work WHERE done = 0 ORDER BY id LIMIT 1")).first()
        if row is not None:
            tx.execute(text("INSERT INTO effects VALUES (:id, :fence)"), {"id": row.id, "fence": turn.fence})
            tx.execute(text("UPDATE work SET done = 1 WHERE id = :id"), {"id": row.id})
    return row is not None


NODES = st.integers(0, 1)


class TwoNodes(RuleBasedStateMachine):
    """The rules; `source` is a database that has every table and no row."""

    def __init__(self, source, path):
        super().__init__()
        shutil.copyfile(source, path)
        self.path = path
        self.database = Database(f"sqlite:///{path}")
        with self.database.transaction() as tx:
            tx.execute(text("CREATE TABLE work (id INTEGER PRIMARY KEY, done INTEGER NOT NULL)"))
            tx.execute(text("CREATE TABLE effects (work INTEGER, fence INTEGER)"))
            tx.execute(text("INSERT INTO work VALUES (:id, 0)"), [{"id": n} for n in range(WORK)])
        self.nodes = [Node("one", self.database), Node("two", self.database)]
        self.newest = 0

    @rule(at=NODES)
    def looks(self, at):
        node = self.nodes[at]
        if node.turn is None:
            node.begin()
            if node.turn is not None:
                assert node.turn.fence == self.newest + 1
                self.newest += 1

    @precondition(lambda self: any(node.turn for node in self.nodes))
    @rule(at=NODES)
    def works(self, at):
        node = self.nodes[at]
        if node.turn is None:
            return
        try:
            node.work()
        except LeaseLostError:
            assert node.turn.fence < self.newest
            node.leave()
        else:
            assert node.turn.fence == self.newest

    @precondition(lambda self: any(node.turn for node in self.nodes))
    @rule(at=NODES, failing=st.booleans())
    def finishes(self, at, failing):
        if self.nodes[at].turn is not None:
            self.nodes[at].finish(failing=failing)

    @rule(at=NODES, comes_back=st.booleans())
    def is_overtaken(self, at, comes_back):
        """One begins, the other looks for as long as a lease: rare by chance, so a rule of its own."""
        self.looks(at)
        self.looks(1 - at)
        self.time_passes(LEASE_SECONDS)
        self.looks(1 - at)
        if comes_back:
            self.works(at)

    @rule(at=NODES)
    def crashes(self, at):
        self.nodes[at].boot()

    @rule(seconds=st.sampled_from([0.5, 10, 29, 31, 61, 400]))
    def time_passes(self, seconds):
        for node in self.nodes:
            node.seconds += seconds
            node.at += timedelta(seconds=seconds)

    @rule(at=NODES, jump=st.sampled_from([{"days": 365}, {"hours": -1}, {"days": -365}, {"seconds": 45}]))
    def a_clock_jumps(self, at, jump):
        self.nodes[at].at += timedelta(**jump)

    @invariant()
    def nothing_is_done_twice_or_by_an_old_lease(self):
        with self.database.reading() as tx:
            effects = tx.execute(text("SELECT work, fence FROM effects ORDER BY rowid")).all()
        assert [effect.work for effect in effects] == list(range(len(effects)))
        fences = [effect.fence for effect in effects]
        assert fences == sorted(fences)

    def teardown(self):
        """Whoever is left takes over in time: within a lease and the longest pause after failures."""
        survivor = self.nodes[0]
        survivor.boot()
        for _ in range(40):
            if not self.left():
                break
            survivor.runner.step(survivor.at)
            survivor.seconds += 10
            survivor.at += timedelta(seconds=10)
        assert self.left() == 0
        self.nothing_is_done_twice_or_by_an_old_lease()
        self.database.close()

    def left(self):
        with self.database.reading() as tx:
            return tx.scalar(text("SELECT count(*) FROM work WHERE done = 0"))


def test_any_interleaving_of_two_nodes_does_everything_once(sqlite_template, tmp_path):
    run_state_machine_as_test(
        lambda: TwoNodes(sqlite_template, tmp_path / "two.db"),
        settings=settings(max_examples=20, stateful_step_count=30, deadline=None),
    )
