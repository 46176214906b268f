"""What the platform owes waivers, minute by minute: ends, beginnings, lapses, late decisions, words ahead of time.

`owed` is pure and says what is to be done; it is asked once over all live waivers without a lock, and again under the
lock of the one that something is owed to. Each waiver is one transaction, so a node may die between any two of them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from sqlalchemy import Connection

from wardline.findings.escalation import people
from wardline.findings.policy import Policy
from wardline.findings.spans import after
from wardline.findings.waivers import store
from wardline.findings.waivers.covering import reflect
from wardline.findings.waivers.deciding import begun, end
from wardline.findings.waivers.desk import Act, Desk, why_not
from wardline.findings.waivers.model import Pin, Subject, Waiver, effective, granted, rose, standing
from wardline.findings.waivers.telling import Telling
from wardline.kernel.duties.model import Turn
from wardline.kernel.identity.model import PLATFORM

AHEAD_DAYS: Final = (7, 1)
_BATCH: Final = 200
_REMINDED_EVERY: Final = timedelta(days=1)

Owed = Literal["expire", "lapse", "release", "revoke", "begin", "ahead", "grant", "escalate"]


class Noted(NamedTuple):
    """What was done for a waiver before."""

    effective: bool
    late_steps: int
    ahead_days: int  # the last word ahead of its end: this many days before it
    control_fails: bool = False


def owed(waiver: Waiver, pins: Sequence[Pin], subjects: dict[str, Subject], noted: Noted, now: datetime) -> list[Owed]:
    """Return what is owed to a live waiver at `now`, the most final thing first; nothing more follows an end."""
    word = standing(waiver, now)
    if word == "expired":
        return ["expire"]
    whys = {pin.finding: why_not(pin, subjects) for pin in pins}
    if all(whys.values()):
        return ["lapse"]
    if noted.control_fails:
        return ["revoke"]
    found: list[Owed] = []
    if any(whys[pin.finding] and not pin.released for pin in pins):
        found.append("release")
    if effective(waiver, now) and not noted.effective:
        found.append("begin")
    if granted(waiver) and ahead(waiver, now) < noted.ahead_days:
        found.append("ahead")
    if not granted(waiver) and late_step(waiver, now) > noted.late_steps:
        found.append("escalate" if rose("medium", waiver.severity) else "grant")
    return found


def ahead(waiver: Waiver, now: datetime) -> int:
    """Return how many days before its end the latest word ahead was due at `now`: 7, 1, or 99 where none was yet.

    A waiver that lives for less than twice that many days is not spoken of so early.
    """
    due = [
        days
        for days in AHEAD_DAYS
        if now >= waiver.expires_at - timedelta(days=days)
        and waiver.expires_at - waiver.starts_at >= timedelta(days=2 * days)
    ]
    return min(due, default=99)


def late_step(waiver: Waiver, now: datetime) -> int:
    """Return how often somebody should have been reminded by `now` that a decision is late: at once, then daily."""
    return 1 + (now - waiver.decide_by) // _REMINDED_EVERY if now >= waiver.decide_by else 0


class Keeper:
    """Runs what is owed, as a duty."""

    def __init__(self, desk: Desk) -> None:
        self._desk: Final = desk

    def run(self, turn: Turn) -> str:
        """Do what is owed to every live waiver, and end marks that are over; return what was done, counted."""
        counted: dict[str, int] = {}
        after = ""
        while True:
            with self._desk.database.reading() as tx:
                batch = store.live_ids(tx, after, _BATCH)
                waiting = self._waiting(tx, batch, turn.now)
            for waiver in waiting:
                if turn.stopping:
                    return _words(counted)
                with turn.transaction() as tx:
                    for what in self._kept(Act(self._desk, tx, PLATFORM), waiver):
                        counted[what] = counted.get(what, 0) + 1
            if len(batch) < _BATCH:
                break
            after = batch[-1]
        with self._desk.database.reading() as tx:
            over = store.marked(tx, turn.now, "", _BATCH)
        if over:
            with turn.transaction() as tx:
                reflect(tx, turn.now, over)
        return _words(counted)

    def _waiting(self, tx: Connection, batch: Sequence[str], now: datetime) -> list[str]:
        """Return those of a batch to which something is owed."""
        pins = store.pins(tx, batch)
        subjects = store.subjects(tx, [pin.finding for some in pins.values() for pin in some])
        waiting = []
        for identifier in batch:
            waiver = store.found(tx, identifier)
            if waiver is None:
                continue
            noted = _noted(tx, waiver, pins[identifier])
            if noted is not None and owed(waiver, pins[identifier], subjects, noted, now):
                waiting.append(identifier)
        return waiting

    def _kept(self, act: Act, identifier: str) -> list[Owed]:
        """Do what is owed to one waiver, under its lock; return what that was."""
        waiver = store.found(act.tx, identifier, lock=True)
        if waiver is None:
            return []
        pins = store.pins(act.tx, [identifier])[identifier]
        noted = _noted(act.tx, waiver, pins)
        if noted is None:
            return []
        subjects = store.subjects(act.tx, [pin.finding for pin in pins])
        found = owed(waiver, pins, subjects, noted, act.now)
        for what in found:
            _DO[what](act, waiver)
        return found


def _noted(tx: Connection, waiver: Waiver, pins: Sequence[Pin]) -> Noted | None:
    """Return what was done for a live waiver before; None for one that is known to have ended."""
    row = store.notes(tx, waiver.id)
    if not row.live:
        return None
    fails = False
    if waiver.control.check and granted(waiver):
        but = [pin.finding for pin in pins]
        fails = store.open_of_rule(tx, waiver.scope.service, waiver.control.check, but) is not None
    return Noted(row.noted_effective_at is not None, row.late_steps, row.noted_ahead, fails)


def _expire(act: Act, waiver: Waiver) -> None:
    findings = act.left(waiver)
    act.ended(waiver)
    act.record("waiver:expired", waiver, about=findings, findings=findings, decided=granted(waiver))
    Telling(act.tx, act.now, waiver).expired()


def _lapse(act: Act, waiver: Waiver) -> None:
    """End a waiver that covers nothing any more: repaired, gone, or worse than anybody agreed to."""
    act.let_go(waiver)
    pins = store.pins(act.tx, [waiver.id])[waiver.id]
    ending = "; ".join(sorted({pin.released for pin in pins}))[:2000]
    act.ended(waiver, lapsed_at=act.now, ending=ending)
    act.record("waiver:lapsed", waiver, about=[pin.finding for pin in pins], why=ending)
    Telling(act.tx, act.now, waiver).lapsed(ending)


def _revoke(act: Act, waiver: Waiver) -> None:
    end(act, waiver, f"its control does not hold: {waiver.control.check} finds something")


def _release(act: Act, waiver: Waiver) -> None:
    findings = act.let_go(waiver)
    act.record("waiver:narrowed", waiver, about=findings, released=findings)
    reflect(act.tx, act.now, findings)
    Telling(act.tx, act.now, waiver).narrowed(findings)


def _begin(act: Act, waiver: Waiver) -> None:
    begun(act, waiver)


def _ahead(act: Act, waiver: Waiver) -> None:
    days = ahead(waiver, act.now)
    store.change(act.tx, waiver.id, noted_ahead=days)
    Telling(act.tx, act.now, waiver).ahead(days)


def _grant(act: Act, waiver: Waiver) -> None:
    """Security is late on something low or medium: it counts for a week, and is still to be decided."""
    policy = people.policy(act.tx)
    if not _may_be_late(policy, waiver):
        _escalate(act, waiver)
        return
    begins = max(act.now, waiver.starts_at)
    until = min(waiver.expires_at, after(begins, policy.waivers.late_grant, policy.calendar))
    store.change(act.tx, waiver.id, granted_by_clock=True, expires_at=until, late_steps=late_step(waiver, act.now))
    changed = waiver._replace(granted_by_clock=True, expires_at=until)
    act.record(
        "waiver:granted-by-clock", changed, about=act.left(waiver), until=until.isoformat(),
        decide_by=waiver.decide_by.isoformat(),
    )  # fmt: skip
    begun(act, changed)
    Telling(act.tx, act.now, changed).granted_by_clock()


def _escalate(act: Act, waiver: Waiver) -> None:
    """Security is late on something high or critical: nothing is granted, and more people hear of it each day."""
    step = late_step(waiver, act.now)
    store.change(act.tx, waiver.id, late_steps=step)
    act.record("waiver:escalated", waiver, step=step, decide_by=waiver.decide_by.isoformat())
    Telling(act.tx, act.now, waiver).late(step)


_DO: Final[Mapping[Owed, Callable[[Act, Waiver], None]]] = {
    "expire": _expire,
    "lapse": _lapse,
    "release": _release,
    "revoke": _revoke,
    "begin": _begin,
    "ahead": _ahead,
    "grant": _grant,
    "escalate": _escalate,
}


def _may_be_late(policy: Policy, waiver: Waiver) -> bool:
    """Return whether the policy lets the clock grant this: never what is worse than medium, whatever it says."""
    return waiver.severity in policy.waivers.late_grant_severities and not rose("medium", waiver.severity)


def _words(counted: dict[str, int]) -> str:
    said = {"expire": "expired", "lapse": "lapsed", "release": "narrowed", "revoke": "revoked", "begin": "began",
            "ahead": "spoken of ahead", "grant": "granted by the clock", "escalate": "late, and escalated"}  # fmt: skip
    return ", ".join(f"{number} {said[what]}" for what, number in sorted(counted.items()))
