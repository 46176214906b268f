"""Runs duties on one node, beside any number of other nodes that run the same ones.

A duty is at work on one node at a time, by a lease in its row. Whoever wants a lease that another holds watches its
row: when neither `fence` nor `beat` has moved for the length of the lease, by this process's own monotonic clock, it
takes over with the next fence. No wall clock decides that, so clocks that differ, jump or stand still neither block a
duty nor let two nodes commit for it; the fence is compared in the transaction itself. Wall clocks only say when a duty
is due, and a due time that is farther off than its period was written by a clock that was wrong: it is due now.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wardline.kernel.database.engine import Database
from wardline.kernel.duties import store
from wardline.kernel.duties.model import Duty, LeaseLostError, Outcome, Standing
from wardline.kernel.duties.turn import LeasedTurn
from wardline.kernel.errors import WardlineError
from wardline.kernel.observing.tracing import span

Hook = Callable[[Standing], object]

LONGEST_BACKOFF_SECONDS: Final = 300.0
FAILURES_BEFORE_HOOK: Final = 5
FAILING_BEFORE_HOOK: Final = timedelta(minutes=15)
STOP_SECONDS: Final = 4.0  # a turn is waited for that long, then left to its lease
_LOOK_SECONDS: Final = 0.5
_LONGEST_LOOK_SECONDS: Final = 8.0  # between attempts while the database does not answer

_LOG: Final = logging.getLogger("wardline.duties")


class _Seen(NamedTuple):
    """What was seen of another's lease, and since when (monotonic) it has not moved."""

    fence: int
    beat: int
    since: float


class Runner:
    """Gives each duty its turns. `Duties.runner` makes one; `run` it in a thread, or `step` it in a test."""

    def __init__(  # noqa: PLR0913 - each has a name where it is given
        self,
        database: Database,
        duties: Sequence[Duty],
        *,
        node: str,
        clock: Callable[[], datetime],
        elapsed: Callable[[], float],
        threads: int,
        on_failing: Hook | None,
        on_recovered: Hook | None,
    ) -> None:
        self._duties: Final = {duty.name: duty for duty in duties}
        if len(self._duties) != len(duties):
            raise ValueError("two duties of one name")
        self._database: Final = database
        self._clock: Final = clock
        self._elapsed: Final = elapsed
        self._threads: Final = threads
        self._on_failing: Final = on_failing
        self._on_recovered: Final = on_recovered
        # Two processes may be given one name by mistake, and a process may come back under its old one.
        self._holder: Final = f"{node} {secrets.token_hex(4)}"
        self._registered = False
        self._seen: Final[dict[str, _Seen]] = {}
        self._running: Final[dict[str, threading.Thread]] = {}

    def step(self, now: datetime) -> Sequence[Outcome]:
        """Give every duty that is due at `now` one turn, one after the other, in this thread; return what came of each.

        Within the turns it is `now`. What another node holds is left to it until its lease ends.

        Raises: `UnavailableError`.
        """
        outcomes = []
        for row in self._due(now):
            duty, stop = self._duties[row.standing.name], threading.Event()
            outcome = self._turn(duty, row, stop, clock=lambda: now, patient=False)
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes

    def run(self, stop: threading.Event) -> None:
        """Give duties their turns until `stop` is set; return within about 4 seconds of that.

        A turn that has not ended by then goes on in a thread that does not keep the process alive, and is cut off with
        it. A database that does not answer is waited for.
        """
        wait = 0.0
        while not stop.wait(wait):
            try:
                for row in self._due(self._clock()):
                    self._begin(row, stop)
                wait = _LOOK_SECONDS
            except WardlineError as error:
                _LOG.warning("duties wait: %s", error.detail)
                wait = min(_LONGEST_LOOK_SECONDS, max(_LOOK_SECONDS, wait * 2))
            except Exception:  # noqa: BLE001 - a duty whose turn never comes would be lost in silence
                _LOG.exception("duties could not be looked at")
                wait = _LONGEST_LOOK_SECONDS
        deadline = self._elapsed() + STOP_SECONDS
        for thread in list(self._running.values()):
            thread.join(max(0.0, deadline - self._elapsed()))

    def _due(self, now: datetime) -> list[store.Row]:
        """Return the duties of ours that are due and free, the longest due first."""
        with self._database.reading() as tx:
            rows = store.rows(tx)
        if not rows.keys() >= self._duties.keys() or not self._registered:
            with self._database.transaction() as tx:
                store.register(tx, self._duties.values(), now)
                rows = store.rows(tx)
            self._registered = True
        ours = [row for name, row in rows.items() if name in self._duties]
        due = [row for row in ours if self._free(row) and _is_due(row, now)]
        return sorted(due, key=lambda row: row.standing.next_due)

    def _free(self, row: store.Row) -> bool:
        """Return whether nobody is at work on a duty, as far as can be seen."""
        standing = row.standing
        if standing.holder is None:
            self._seen.pop(standing.name, None)
            return standing.name not in self._running
        mine = standing.holder == self._holder
        if mine and standing.name not in self._running:
            return True  # what came of our turn could not be noted: the database was away
        seen = self._seen.get(standing.name)
        if seen is None or (seen.fence, seen.beat) != (standing.fence, row.beat):
            self._seen[standing.name] = _Seen(standing.fence, row.beat, self._elapsed())
            return False
        if self._elapsed() - seen.since < self._duties[standing.name].lease_seconds:
            return False
        if mine:
            self._hangs(row)
        return not mine and standing.name not in self._running

    def _begin(self, row: store.Row, stop: threading.Event) -> None:
        """Start a duty's turn in a thread of its own, unless there are enough."""
        duty = self._duties[row.standing.name]
        busy = sum(not self._duties[name].resident for name in list(self._running))
        if busy >= self._threads and not duty.resident:
            return
        thread = threading.Thread(target=self._threaded, args=(duty, row, stop), name=f"duty {duty.name}", daemon=True)
        self._running[duty.name] = thread
        thread.start()

    def _threaded(self, duty: Duty, row: store.Row, stop: threading.Event) -> None:
        try:
            self._turn(duty, row, stop, clock=self._clock, patient=True)
        except WardlineError as error:  # the database is away: the lease is ours still, and is taken up again
            _LOG.warning("duty %s: %s", duty.name, error.detail)
        finally:
            del self._running[duty.name]

    def _turn(
        self, duty: Duty, row: store.Row, stop: threading.Event, *, clock: Callable[[], datetime], patient: bool
    ) -> Outcome | None:
        """Give one turn and note what came of it; None where another node was quicker."""
        with self._database.transaction() as tx:
            fence = store.take(tx, row, self._holder, clock())
        if fence is None:
            return None
        turn = LeasedTurn(self._database, duty, fence, clock=clock, elapsed=self._elapsed, stop=stop, patient=patient)
        try:
            with span(f"duty {duty.name}", fence=fence):
                said = duty.run(turn)
        except LeaseLostError as error:
            _LOG.warning("duty %s: another node has taken over", duty.name)
            return Outcome(duty.name, "", error)
        except Exception as error:  # noqa: BLE001 - whatever a duty does wrong is noted, tried again, and shown
            _LOG.warning("duty %s failed: %s", duty.name, _words(error), exc_info=not isinstance(error, WardlineError))
            self._failed(duty, fence, row.standing, clock(), error)
            return Outcome(duty.name, "", error)
        self._succeeded(duty, fence, row.standing, clock(), said)
        return Outcome(duty.name, said)

    def _succeeded(self, duty: Duty, fence: int, before: Standing, now: datetime, said: str) -> None:
        with self._database.transaction() as tx:
            standing = store.settle(
                tx,
                duty.name,
                fence,
                next_due=now + timedelta(seconds=duty.every_seconds),
                last_finished=now,
                last_said=said[:_LONGEST_WORDS],
                last_failure="",
                failures=0,
                failing_since=None,
            )
        if standing is not None and _keeps_failing(before, now):
            self._told(self._on_recovered, standing)

    def _failed(self, duty: Duty, fence: int, before: Standing, now: datetime, error: Exception) -> None:
        failures = before.failures + 1
        pause = min(LONGEST_BACKOFF_SECONDS, 2.0 ** min(failures - 1, 30))
        with self._database.transaction() as tx:
            standing = store.settle(
                tx,
                duty.name,
                fence,
                next_due=now + timedelta(seconds=pause),
                last_finished=now,
                last_failure=_words(error)[:_LONGEST_WORDS],
                failures=failures,
                failing_since=before.failing_since or now,
            )
        if standing is not None and _keeps_failing(standing, now):
            self._told(self._on_failing, standing)

    def _hangs(self, row: store.Row) -> None:
        """Note that a turn on this node has not moved for its whole lease: once for each time it stops moving."""
        name, now = row.standing.name, self._clock()
        self._seen.pop(name, None)
        with self._database.transaction() as tx:
            standing = store.hangs(tx, name, row.standing.fence, now)
        if standing is not None:
            _LOG.warning("duty %s hangs", name)
            self._told(self._on_failing, standing)

    def _told(self, hook: Hook | None, standing: Standing) -> None:
        if hook is None:
            return
        try:
            hook(standing)
        except Exception:  # noqa: BLE001 - what is told must not stop the duties; it is told again at the next failure
            _LOG.exception("nobody could be told of duty %s", standing.name)


_LONGEST_WORDS: Final = 1000


def _is_due(row: store.Row, now: datetime) -> bool:
    standing = row.standing
    latest = now + timedelta(seconds=max(standing.every_seconds, LONGEST_BACKOFF_SECONDS) + 1)
    return row.asked or standing.holder is not None or standing.next_due <= now or standing.next_due > latest


def _keeps_failing(standing: Standing, now: datetime) -> bool:
    if standing.failures < 2 or standing.failing_since is None:
        return False
    return standing.failures >= FAILURES_BEFORE_HOOK or now - standing.failing_since >= FAILING_BEFORE_HOOK


def _words(error: BaseException) -> str:
    """Return what may be shown of an error: other people's messages may hold queries, paths and secrets."""
    return error.detail if isinstance(error, WardlineError) else type(error).__name__
