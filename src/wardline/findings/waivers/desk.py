"""What every part of this room works with: the database, the clock, the ledger, and how an event is written."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection

from wardline.catalog.service import Catalog
from wardline.findings.waivers import store
from wardline.findings.waivers.covering import reflect
from wardline.findings.waivers.model import Pin, Subject, Waiver, released, standing
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import ConflictError, NotFoundError
from wardline.kernel.identity.model import PLATFORM, Principal, allowed
from wardline.kernel.ledger.service import Ledger


class Desk(NamedTuple):
    """The tools of one service. Stateless."""

    database: Database
    clock: Callable[[], datetime]
    ledger: Ledger
    catalog: Catalog


class Act(NamedTuple):
    """One use case at work: who does it, in which transaction."""

    desk: Desk
    tx: Connection
    who: Principal

    @property
    def now(self) -> datetime:
        """The time, asked anew each time: a transaction may have waited for a lock."""
        return self.desk.clock()

    def platform(self) -> Self:
        """Return the same, done by the platform itself."""
        return self._replace(who=PLATFORM)

    def record(self, action: str, waiver: Waiver, *, about: Iterable[str] = (), **details: Any) -> None:
        """Write an event about a waiver, in the same transaction as what it is about."""
        concerned = dict.fromkeys((waiver.scope.service, waiver.team, *about))
        self.desk.ledger.record(
            self.tx, at=self.now, who=self.who, action=action, subject=waiver.id, about=tuple(concerned),
            details=details,
        )  # fmt: skip

    def locked(self, waiver: str) -> Waiver:
        """Return a waiver that `who` may see, and that stays as it is until the transaction ends.

        Raises: `NotFoundError`, also for one that `who` may not know of.
        """
        found = store.found(self.tx, waiver, lock=True)
        if found is None or not visible(self.who, found):
            raise NotFoundError("there is no such waiver")
        return found

    def ended(self, waiver: Waiver, **values: Any) -> None:
        """Write down how a waiver ended; what it covered is waived no more."""
        store.change(self.tx, waiver.id, live=False, **values)
        reflect(self.tx, self.now, [pin.finding for pin in store.pins(self.tx, [waiver.id])[waiver.id]])

    def left(self, waiver: Waiver) -> list[str]:
        """Return the findings that a waiver covers still."""
        return [pin.finding for pin in store.pins(self.tx, [waiver.id])[waiver.id] if not pin.released]

    def let_go(self, waiver: Waiver) -> dict[str, str]:
        """Release what the waiver may no longer cover, and return each such finding with the reason in words."""
        pins = [pin for pin in store.pins(self.tx, [waiver.id])[waiver.id] if not pin.released]
        known = store.subjects(self.tx, [pin.finding for pin in pins], lock=True)
        found = {pin.finding: why for pin in pins if (why := why_not(pin, known))}
        for finding, why in found.items():
            store.release(self.tx, waiver.id, finding, why)
        return found


def visible(who: Principal, waiver: Waiver) -> bool:
    """Return whether `who` may know of this waiver."""
    return allowed(who, "waiver:read", team=waiver.team, service=waiver.scope.service)


def require_live(waiver: Waiver, now: datetime) -> None:
    """Go on only if the waiver has not ended. Raises: `ConflictError`, saying how it did."""
    word = standing(waiver, now)
    if word not in {"asked", "approved", "effective"}:
        raise ConflictError(f"this waiver is {word}", hint="ask for another one if it is still needed")


def why_not(pin: Pin, subjects: Mapping[str, Subject]) -> str:
    """Return why a pin does not hold any more, in words; "" where it does."""
    subject = subjects.get(pin.finding)
    return released(pin, subject) if subject else pin.released or "it is not known any more"
