"""What an agent does beside serving: it keeps itself bound, waits for changes, takes them, and hands in receipts."""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from wardline.kernel.errors import CannotSayError, WardlineError
from wardline.vault.agent.holding import Holding
from wardline.vault.agent.upstream import Changes, Upstream
from wardline.vault.protocol import bindings, receipts
from wardline.vault.protocol.accepting import Accepted
from wardline.vault.protocol.errors import NotGrantedError, RefusedError, RevokedError
from wardline.vault.protocol.model.binding import Evidence
from wardline.vault.protocol.model.statement import Delivered
from wardline.vault.remote import StrangerError, UnreachableError

_LOG: Final = logging.getLogger("wardline.vault.agent")
_WAIT_SECONDS: Final = 25.0
_REBIND: Final = timedelta(minutes=30)
_REFRESH: Final = timedelta(minutes=2)
_LEAST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
_LEAST_AGAIN: Final = 1.0
_LONGEST_AGAIN: Final = 30.0
_MOST_RECEIPTS: Final = 10_000


class Following:
    """Keeps a holding up to date until it is stopped. `evidence` makes a fresh proof for each binding."""

    def __init__(self, holding: Holding, upstream: Upstream, evidence: Callable[[], Evidence]) -> None:
        self._holding = holding
        self._upstream = upstream
        self._evidence = evidence
        self._bound: datetime | None = None
        self._refreshed: datetime | None = None
        self._cursor = 0
        self._again: set[str] = set()  # what was not accepted: a custodian may not have vouched for it yet
        self._again_pause = _LEAST_AGAIN
        self._stop = threading.Event()
        self._receipts: queue.Queue[tuple[Accepted, Delivered] | None] = queue.Queue(_MOST_RECEIPTS)
        self._delivered: set[tuple[bytes, str]] = set()
        self._threads: list[threading.Thread] = []

    def delivered(self, accepted: Accepted, how: Delivered) -> None:
        """Note that a version reached the workload; the first time, a receipt goes to the custodians."""
        mark = (accepted.version, how)
        if mark in self._delivered:
            return
        try:
            self._receipts.put_nowait((accepted, how))
        except queue.Full:
            return  # no receipt is the safe side: retirement then waits for its clock
        self._delivered.add(mark)

    def start(self) -> None:
        """Begin, in threads of its own."""
        for name, work in (("following", self._follow), ("receipts", self._hand_in)):
            thread = threading.Thread(target=work, name=f"vault-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End; what waits for a server is given up."""
        self._stop.set()
        self._receipts.put(None)
        for thread in self._threads:
            thread.join(1.0)

    def step(self, wait_seconds: float = 0.0) -> None:
        """Do whatever is due once: bind, wait, take what changed.

        Raises: `UnreachableError` where no server answers.
        """
        now = self._holding.now()
        self._holding.sweep()
        if self._bound is None or now - self._bound >= _REBIND:
            self._bind(now)
            self._take(self._upstream.paths())
            self._refreshed = now
        again = min(wait_seconds, self._again_pause) if self._again else wait_seconds
        changes: Changes = self._upstream.wait(self._cursor, again)
        self._again_pause = _LEAST_AGAIN if changes.paths else min(2 * self._again_pause, _LONGEST_AGAIN)
        self._holding.outage = False
        restored = changes.cursor < self._cursor  # the server came back from a backup
        if restored or self._refreshed is None or self._holding.now() - self._refreshed >= _REFRESH:
            self._take(self._upstream.paths())
            self._refreshed = self._holding.now()
        else:
            self._take(tuple({*changes.paths, *self._again}))
        self._cursor = changes.cursor

    def _follow(self) -> None:
        pause = _LEAST_PAUSE
        while not self._stop.is_set():
            try:
                self.step(_WAIT_SECONDS)
                pause = _LEAST_PAUSE
            except UnreachableError as error:
                if isinstance(error, StrangerError):
                    self._bound = None  # a server that came back from a backup does not know the binding
                if not self._holding.outage:
                    _LOG.warning("no server answers: going on from what was kept (%s)", error.detail)
                self._holding.outage = True
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            except WardlineError as error:
                _LOG.warning("%s: %s", error.code, error.detail)
                self._stop.wait(_LONGEST_PAUSE)

    def _bind(self, now: datetime) -> None:
        keys, root_id = self._holding.keys, self._holding.trusted.id
        made = bindings.bind(root_id, keys.opening.public, keys.signer, self._evidence(), now)
        self._upstream.bind(made.written())
        self._bound = now

    def _take(self, paths: tuple[str, ...]) -> None:
        for path in paths:
            offer = self._upstream.offer(path, self._holding.seen)
            self._holding.outage = False
            self._again.add(path)
            if offer is None:
                held = path in self._holding.paths()
                if held and self._holding.taken_away(path, self._upstream.revocations(path)):
                    self._again.discard(path)
                continue
            try:
                self._holding.take(path, offer)
                self._again.discard(path)
            except (NotGrantedError, RevokedError) as error:
                self._holding.drop(path)
                self._again.discard(path)
                _LOG.warning("%s is not served any more (%s): %s", path, error.code, error.detail)
            except (RefusedError, CannotSayError) as error:
                _LOG.warning("%s was offered and not accepted (%s): %s", path, error.code, error.detail)

    def _hand_in(self) -> None:
        while not self._stop.is_set():
            found = self._receipts.get()
            if found is None:
                return
            accepted, how = found
            while not self._stop.is_set():
                try:
                    self._upstream.receipt(self._receipt(accepted, how))
                    break
                except UnreachableError:
                    self._stop.wait(_LEAST_PAUSE * 5)
                except WardlineError as error:
                    _LOG.warning("a receipt was not taken (%s): %s", error.code, error.detail)
                    break

    def _receipt(self, accepted: Accepted, how: Delivered) -> bytes:
        return receipts.receipt(
            accepted.header,
            accepted.version,
            reader=accepted.subject,
            delivered=how,
            head=accepted.head.seen,
            now=self._holding.now(),
            signer=self._holding.keys.signer,
        ).written()
