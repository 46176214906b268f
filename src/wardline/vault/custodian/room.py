"""Making room on a target whose every slot is taken, where no row says how that came about.

A row that is lost, or an epoch that ends in the middle of a rotation, leaves two published versions behind. The lower
one is refused as its rotation would have done it: by the rules of retirement, counted from when readers were told of
the higher one. Where nobody can have been told of the higher one, it is the one that goes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

from wardline.kernel.errors import WardlineError
from wardline.vault.custodian import rotating
from wardline.vault.custodian.fences import told
from wardline.vault.custodian.rotator import Rotator, Version
from wardline.vault.protocol.freshness import MAX_FRESHNESS
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.receipts import Publication

_TWO: Final = 2  # versions, so that one of them can be spared


class Known(Protocol):
    """What a custodian knows of versions whose rows are gone."""

    def grant(self, path: str) -> Grant:
        """Return the secret's grant, as it stands now."""

    def live(self, path: str) -> Sequence[Version]:
        """Return the versions that readers may hold, opened."""

    def holds(self, path: str) -> frozenset[int]:
        """Return the orders of the versions that readers may hold, as this custodian itself remembers."""

    def hurried(self, path: str) -> bool:
        """Return whether somebody was revoked who may know a version that is not refused yet."""

    def told(self, path: str, number: int, since: datetime) -> Publication | None:
        """Return when readers were told of a version, `since` where that is not known; None: nobody was, it seems."""

    def forget(self, path: str, below: int) -> None:
        """Note that the versions below a number are refused."""


class Waits(NamedTuple):
    """Why a rotation waits for room: a problem (empty: it goes by the rules), and when to look again, if known."""

    problem: str = ""
    again: datetime | None = None


class Room:
    """Makes room on targets. It remembers since when it has seen each of them full: a death makes that wait longer."""

    def __init__(self, known: Known, rotators: Callable[[str], Rotator], clock: Callable[[], datetime]) -> None:
        self._known = known
        self._rotators = rotators
        self._clock = clock
        self._full: dict[str, tuple[tuple[int, ...], datetime]] = {}

    def make(self, path: str) -> Waits:
        """Refuse what readers need no more, once the rules of retirement allow it; say what is waited for."""
        try:
            rotator, live, problem = self._rotators(path), self._live(path), ""
            if live:
                problem = "; ".join(rotator.sweep(live))
            published = rotator.standing().published
            if len(published) < _TWO:
                self._full.pop(path, None)
                return Waits(problem)
            return self._spared(path, rotator, published, {one.number: one for one in live})
        except WardlineError as error:
            return Waits(rotating.why(error))

    def _spared(self, path: str, rotator: Rotator, published: tuple[int, ...], live: dict[int, Version]) -> Waits:
        *before, last = published
        grant, now, since = self._known.grant(path), self._clock(), self._since(path, published)
        found = self._known.told(path, last, since)
        if found is None:
            return self._unknown(path, rotator, published, since)
        reason: rotating.Reason = "revoked" if self._known.hurried(path) else "epoch"
        answer = rotating.retirement(reason, found, grant, now)
        # Overdue is enough: the new version cannot come otherwise, and what those who said nothing hold has ended.
        if not answer.now and not answer.finding:
            return Waits("", answer.again)
        if last in live:
            rotator.verify(live[last])
        for number in before:
            rotator.refuse(number)
        self._known.forget(path, last)
        return Waits(answer.finding, now)

    def _unknown(self, path: str, rotator: Rotator, published: tuple[int, ...], since: datetime) -> Waits:
        """Spare a version where nothing says that readers were told of the highest one.

        A custodian that remembers the one before gives up the highest: after ten minutes, when no statement is good any
        more by which another may have vouched for it and died. One whose memory is new cannot tell; it believes the
        target, and gives up the lowest after the overlap: a later one is published beside it.
        """
        *_, before, last = published
        wait, remembers = timedelta(seconds=self._known.grant(path).overlap_seconds), before in self._known.holds(path)
        until = since + (max(wait, MAX_FRESHNESS) if remembers else wait)
        if self._clock() < until:
            return Waits("the target is full, and which version readers hold is not known here", until)
        if remembers:
            rotator.refuse(last, held=before)
            return Waits(f"version {told(last)}, which nobody was told of, is refused", self._clock())
        rotator.refuse(published[0])
        problem = f"version {told(published[0])} is refused: the target was full, and nobody knows of it"
        return Waits(problem, self._clock())

    def _since(self, path: str, published: tuple[int, ...]) -> datetime:
        """Return since when these versions were seen here; a clock that was set back begins the wait again."""
        there, now = self._full.get(path), self._clock()
        if there is None or there[0] != published or there[1] > now:
            there = self._full[path] = (published, now)
        return there[1]

    def _live(self, path: str) -> list[Version]:
        """Return what can be opened: a server that came back from a backup does not show every version any more."""
        try:
            return list(self._known.live(path))
        except WardlineError:
            return []
