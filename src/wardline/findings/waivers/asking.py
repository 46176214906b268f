"""Asking for a waiver, and asking for it again: what is checked before anybody is bothered."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from wardline.catalog.model import Service
from wardline.findings.escalation import people
from wardline.findings.spans import after
from wardline.findings.waivers import rules, store
from wardline.findings.waivers.desk import Act
from wardline.findings.waivers.model import (
    TERMINAL,
    Control,
    Pin,
    Request,
    Subject,
    Waiver,
    covers,
    standing,
    within,
    worst,
)
from wardline.findings.waivers.telling import Telling
from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.kernel.identity.model import Account


class Asking(NamedTuple):
    """For which service and on whose behalf it is asked, and who else had a hand in it: none of them approves."""

    service: Service
    account: str
    name: str
    involved: frozenset[str] = frozenset()
    file: str | None = None
    digest: str | None = None


def ask(act: Act, asking: Asking, request: Request) -> Waiver:
    """Keep a request for what is open in its scope and no other live waiver speaks of; tell who decides.

    Raises: `AskedWronglyError` where nothing open is in scope, or it may not live so long; `ConflictError` where all of
    it is waived or asked for already, or was renewed too often.
    """
    scope = request.scope._replace(service=asking.service.id)
    request = rules.checked(request._replace(scope=scope), now=act.now)
    scope = request.scope
    subjects = [subject for subject in store.in_scope(act.tx, scope) if within(scope, subject)]
    if not subjects:
        raise AskedWronglyError("nothing that is open is in the waiver's scope", hint="a waiver covers what is there")
    if len(subjects) > store.MAX_COVERED:
        raise AskedWronglyError(
            f"more than {store.MAX_COVERED} open findings are in the waiver's scope", hint="name a path, or one finding"
        )
    free, taken = _free(act.tx, subjects, act.now)
    if not free:
        raise ConflictError(f"{taken} speaks of all of it already", hint="renew that one, or withdraw it first")
    return _kept(act, asking, request, free, None)


def renew(act: Act, asking: Asking, old: Waiver, request: Request) -> Waiver:
    """Keep a request to go on with a waiver that counts, from its end on. It is decided anew.

    Raises: `ConflictError` where a renewal is asked for already, it was renewed too often, or nothing of it is open.
    """
    now = act.now
    request = rules.checked(request._replace(scope=old.scope), now=now)
    other = store.renewal_of(act.tx, old.id)
    if other is not None and standing(other, now) not in TERMINAL:
        raise ConflictError(f"{other.id} asks for that already", hint="withdraw that one first")
    if request.expires_at <= old.expires_at:
        raise AskedWronglyError("the renewal would end before what it renews", hint="name a later end")
    pins = store.pins(act.tx, [old.id])[old.id]
    known = store.subjects(act.tx, [pin.finding for pin in pins], lock=True)
    subjects = [known[pin.finding] for pin in pins if pin.finding in known and covers(pin, known[pin.finding])]
    if not subjects:
        raise ConflictError("nothing that this waiver covers is open as it was", hint="ask for what is there now")
    return _kept(act, asking, request, subjects, old)


def _kept(act: Act, asking: Asking, request: Request, subjects: list[Subject], old: Waiver | None) -> Waiver:
    now, policy = act.now, people.policy(act.tx)
    start = old.expires_at if old is not None else now
    severity = worst([subject.severity for subject in subjects])
    renewals = _renewals(act.tx, subjects, old)
    rules.check_renewals(policy, renewals)
    rules.check_life(policy, severity, start, request.expires_at)
    attester = _attester(act.tx, request.control, asking)
    waiver = Waiver(
        id=ids.new("wvr", now),
        scope=request.scope,
        severity=severity,
        reason=request.reason,
        justification=request.justification,
        control=request.control._replace(attested_by=attester.id if attester else None),
        requester=asking.account,
        requester_name=asking.name,
        owners=people.owners(act.tx, [(subject.owner, subject.team) for subject in subjects]),
        asked_at=now,
        decide_by=after(now, policy.waivers.decide.of(severity), policy.calendar),
        starts_at=start,
        expires_at=request.expires_at,
        needed_approvals=max(1, policy.waivers.approvals.of(severity)),
        renewals=renewals,
        renews=old.id if old else None,
        source="file" if asking.file else "api",
        involved=asking.involved | ({act.who.id} - {asking.account}),
        asked_until=request.expires_at,
        team=asking.service.team,
        file=asking.file,
    )
    store.add(act.tx, waiver, [Pin(one.id, one.cycle, one.severity) for one in subjects], asking.digest)
    covered = [subject.id for subject in subjects]
    act.record(
        "waiver:asked", waiver, about=[*covered, asking.account, *([old.id] if old else [])],
        severity=severity, reason=waiver.reason, scope=dict(waiver.scope._asdict()), findings=covered,
        until=waiver.expires_at.isoformat(), renewals=renewals, source=waiver.source,
        justification=waiver.justification,
    )  # fmt: skip
    Telling(act.tx, now, waiver).asked(asking.service.name, subjects, attester)
    return waiver


def _free(tx: Connection, subjects: list[Subject], now: datetime) -> tuple[list[Subject], str]:
    """Return what no live waiver speaks of, and the id of one that speaks of something."""
    by_id = {subject.id: subject for subject in subjects}
    taken: dict[str, str] = {}
    for waiver, pin in store.pins_on(tx, by_id, live=True):
        if standing(waiver, now) not in TERMINAL and covers(pin, by_id[pin.finding]):
            taken[pin.finding] = waiver.id
    free = [subject for subject in subjects if subject.id not in taken]
    return free, next(iter(taken.values()), "")


def _renewals(tx: Connection, subjects: Collection[Subject], old: Waiver | None) -> int:
    """Return how often the most waived of these was waived before in its present cycle, whoever asked and however."""
    cycles = {subject.id: subject.cycle for subject in subjects}
    before: dict[str, set[str]] = {finding: {old.id} if old else set() for finding in cycles}
    for finding, cycle, waiver in store.ever_granted(tx, cycles):
        if cycles[finding] == cycle:
            before[finding].add(waiver)
    return max((len(waivers) for waivers in before.values()), default=0)


def _attester(tx: Connection, control: Control, asking: Asking) -> Account | None:
    if not control.attested_by:
        return None
    found = people.account(tx, control.attested_by)
    if found is None or not found.active:
        raise AskedWronglyError("whoever attests the control is not known here", hint="name an account or its e-mail")
    if found.id in {asking.account} | asking.involved:
        raise AskedWronglyError(
            "whoever asks does not attest the control", hint="name somebody else, or a rule that checks it"
        )
    return found
