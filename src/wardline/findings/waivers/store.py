"""Queries about waivers: the only SQL about them. Findings are looked at here as waivers see them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, insert, not_, or_, select, update

from wardline.findings.tables import CYCLES, FINDINGS
from wardline.findings.waivers.model import Approval, Control, Pin, Scope, Subject, Waiver
from wardline.findings.waivers.tables import APPROVALS, PINS, WAIVERS

MAX_COVERED: Final = 1000
_CHUNK: Final = 500
_SUBJECT: Final = tuple(
    FINDINGS.c[name]
    for name in ("id", "fingerprint", "rule", "file", "title", "place", "severity", "cycle", "open", "owner", "team")
)


def add(tx: Connection, waiver: Waiver, pins: Sequence[Pin], digest: str | None) -> None:
    """Keep a new waiver with what it covers."""
    scope, control = waiver.scope, waiver.control
    same = (
        "id", "team", "severity", "reason", "justification", "requester", "requester_name", "asked_at", "decide_by",
        "starts_at", "expires_at", "needed_approvals", "granted_by_clock", "refusal", "ending", "renewals", "renews",
        "source", "file", "details",
    )  # fmt: skip
    values = {name: getattr(waiver, name) for name in same}
    values |= {
        "service": scope.service, "fingerprint": scope.fingerprint, "rule": scope.rule,
        "path_prefix": scope.path_prefix, "control_text": control.text, "control_check": control.check,
        "attested_by": control.attested_by, "owners": sorted(waiver.owners), "involved": sorted(waiver.involved),
        "asked_until": waiver.asked_until or waiver.expires_at, "digest": digest, "live": True, "late_steps": 0,
        "noted_ahead": 99,
    }  # fmt: skip
    tx.execute(insert(WAIVERS).values(**values))
    rows = [{"waiver": waiver.id, **pin._asdict()} for pin in pins]
    tx.execute(insert(PINS), rows)


def change(tx: Connection, waiver: str, **values: Any) -> None:
    """Change columns of a waiver."""
    for name in ("owners", "involved"):
        if name in values:
            values[name] = sorted(values[name])
    tx.execute(update(WAIVERS).where(WAIVERS.c.id == waiver).values(**values))


def approve(tx: Connection, waiver: str, approval: Approval) -> None:
    """Keep one person's yes."""
    tx.execute(insert(APPROVALS).values(waiver=waiver, **approval._asdict()))


def release(tx: Connection, waiver: str, finding: str, why: str) -> None:
    """Note that a waiver covers a finding no more."""
    here = and_(PINS.c.waiver == waiver, PINS.c.finding == finding)
    tx.execute(update(PINS).where(here).values(released=why))


def found(tx: Connection, waiver: str, *, lock: bool = False) -> Waiver | None:
    """Return one waiver, or None; with `lock`, nobody else decides about it before this transaction ends."""
    query = select(WAIVERS).where(WAIVERS.c.id == waiver)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return _waivers(tx, [row])[0] if row is not None else None


def listed(  # noqa: PLR0913 - each narrows, all by name
    tx: Connection, *, live: bool | None, now: datetime, after: str | None, limit: int,
    teams: Iterable[str] | None = None, services: Iterable[str] | None = None, finding: str | None = None,
) -> list[Waiver]:  # fmt: skip
    """Return waivers, newest first. `live` True: those that may stand still; False: those that may have ended."""
    query = select(WAIVERS).order_by(WAIVERS.c.id.desc()).limit(limit)
    if live is True:
        query = query.where(WAIVERS.c.live, WAIVERS.c.expires_at > now)
    elif live is False:
        query = query.where(or_(not_(WAIVERS.c.live), WAIVERS.c.expires_at <= now))
    if teams is not None:
        query = query.where(WAIVERS.c.team.in_(list(teams)))
    if services is not None:
        query = query.where(WAIVERS.c.service.in_(list(services)))
    if finding is not None:
        query = query.where(WAIVERS.c.id.in_(select(PINS.c.waiver).where(PINS.c.finding == finding)))
    if after is not None:
        query = query.where(WAIVERS.c.id < after)
    return _waivers(tx, tx.execute(query).all())


def live_ids(tx: Connection, after: str, limit: int) -> list[str]:
    """Return the ids of waivers that are not known to have ended, oldest first."""
    query = select(WAIVERS.c.id).where(WAIVERS.c.live, WAIVERS.c.id > after).order_by(WAIVERS.c.id).limit(limit)
    return list(tx.execute(query).scalars())


def notes(tx: Connection, waiver: str) -> Any:
    """Return what duties noted about a waiver: `noted_effective_at`, `late_steps`, `noted_ahead`, `live`."""
    columns = (WAIVERS.c.noted_effective_at, WAIVERS.c.late_steps, WAIVERS.c.noted_ahead, WAIVERS.c.live)
    return tx.execute(select(*columns).where(WAIVERS.c.id == waiver)).one()


def renewal_of(tx: Connection, waiver: str) -> Waiver | None:
    """Return the live waiver that renews this one, or None."""
    row = tx.execute(select(WAIVERS).where(WAIVERS.c.renews == waiver, WAIVERS.c.live).limit(1)).one_or_none()
    return _waivers(tx, [row])[0] if row is not None else None


def from_files(tx: Connection, service: str) -> list[tuple[Waiver, str]]:
    """Return the latest waiver of each file of a service, with the digest of what the file asked for."""
    here = and_(WAIVERS.c.service == service, WAIVERS.c.file.is_not(None))
    rows = tx.execute(select(WAIVERS).where(here).order_by(WAIVERS.c.id)).all()
    latest = {row.file: row for row in rows}
    waivers = _waivers(tx, list(latest.values()))
    return [(waiver, row.digest) for waiver, row in zip(waivers, latest.values(), strict=True)]


def pins(tx: Connection, waivers: Iterable[str]) -> dict[str, list[Pin]]:
    """Return what each of some waivers covers or covered."""
    known: dict[str, list[Pin]] = {waiver: [] for waiver in waivers}
    for row in tx.execute(select(PINS).where(PINS.c.waiver.in_(list(known))).order_by(PINS.c.finding)):
        known[row.waiver].append(Pin(row.finding, row.cycle, row.severity, row.released))
    return known


def pins_on(tx: Connection, findings: Iterable[str], *, live: bool) -> list[tuple[Waiver, Pin]]:
    """Return every waiver that pins one of these findings, with the pin; `live` only those not known to have ended."""
    rows: list[Row[Any]] = []
    for chunk in _chunks(list(findings)):
        query = select(PINS).where(PINS.c.finding.in_(chunk)).order_by(PINS.c.waiver, PINS.c.finding)
        if live:
            query = query.where(PINS.c.waiver.in_(select(WAIVERS.c.id).where(WAIVERS.c.live)))
        rows += tx.execute(query).all()
    ids = sorted({row.waiver for row in rows})
    known: dict[str, Waiver] = {}
    for chunk in _chunks(ids):
        found = tx.execute(select(WAIVERS).where(WAIVERS.c.id.in_(chunk))).all()
        known |= {waiver.id: waiver for waiver in _waivers(tx, found)}
    return [(known[row.waiver], Pin(row.finding, row.cycle, row.severity, row.released)) for row in rows]


def ever_granted(tx: Connection, findings: Iterable[str]) -> list[tuple[str, int, str]]:
    """Return (finding, cycle, waiver) for each waiver that ever counted on one of these findings."""
    counted = select(WAIVERS.c.id).where(WAIVERS.c.noted_effective_at.is_not(None))
    rows: list[tuple[str, int, str]] = []
    for chunk in _chunks(list(findings)):
        query = select(PINS.c.finding, PINS.c.cycle, PINS.c.waiver)
        query = query.where(PINS.c.finding.in_(chunk), PINS.c.waiver.in_(counted))
        rows += [(row.finding, row.cycle, row.waiver) for row in tx.execute(query)]
    return rows


def subjects(tx: Connection, findings: Iterable[str], *, lock: bool = False) -> dict[str, Subject]:
    """Return findings by id; with `lock`, they stay as they are until this transaction ends."""
    known: dict[str, Subject] = {}
    for chunk in _chunks(sorted(set(findings))):
        query = select(*_SUBJECT).where(FINDINGS.c.id.in_(chunk)).order_by(FINDINGS.c.id)
        rows = tx.execute(query.with_for_update() if lock else query)
        known |= {row.id: Subject(*row) for row in rows}
    return known


def in_scope(tx: Connection, scope: Scope) -> list[Subject]:
    """Return open findings of the scope's service with its fingerprint or rule, locked; at most `MAX_COVERED` + 1."""
    here = [FINDINGS.c.service == scope.service, FINDINGS.c.open]
    if scope.fingerprint is not None:
        here.append(FINDINGS.c.fingerprint == scope.fingerprint)
    else:
        here.append(FINDINGS.c.rule == scope.rule)
    if scope.path_prefix is not None:
        below = FINDINGS.c.file.startswith(scope.path_prefix, autoescape=True)  # what precedes what, `within` says
        here.append(below)
    query = select(*_SUBJECT).where(*here).order_by(FINDINGS.c.id).limit(MAX_COVERED + 1).with_for_update()
    return [Subject(*row) for row in tx.execute(query)]


def open_of_rule(tx: Connection, service: str, rule: str, but: Iterable[str]) -> Subject | None:
    """Return an open finding of a rule in a service, other than some, or None."""
    here = and_(FINDINGS.c.service == service, FINDINGS.c.rule == rule, FINDINGS.c.open)
    query = select(*_SUBJECT).where(here, FINDINGS.c.id.not_in(list(but))).order_by(FINDINGS.c.id).limit(1)
    row = tx.execute(query).one_or_none()
    return Subject(*row) if row is not None else None


def waived_until(tx: Connection, findings: Iterable[str]) -> dict[str, datetime | None]:
    """Return until when each finding is marked as waived."""
    known: dict[str, datetime | None] = {}
    for chunk in _chunks(list(findings)):
        query = select(FINDINGS.c.id, FINDINGS.c.waived_until).where(FINDINGS.c.id.in_(chunk))
        known |= {row.id: row.waived_until for row in tx.execute(query)}
    return known


def marked(tx: Connection, now: datetime, after: str, limit: int) -> list[str]:
    """Return findings that are marked as waived until a time that is over."""
    query = select(FINDINGS.c.id).where(FINDINGS.c.waived_until <= now, FINDINGS.c.id > after)
    return list(tx.execute(query.order_by(FINDINGS.c.id).limit(limit)).scalars())


def mark(tx: Connection, finding: str, cycle: int, until: datetime | None) -> None:
    """Mark a finding as waived until a time (None: not waived), and its cycle as one that ever was."""
    tx.execute(update(FINDINGS).where(FINDINGS.c.id == finding).values(waived_until=until))
    if until is not None:
        here = and_(CYCLES.c.finding == finding, CYCLES.c.number == cycle)
        tx.execute(update(CYCLES).where(here).values(waived=True))


def _waivers(tx: Connection, rows: Sequence[Row[Any]]) -> list[Waiver]:
    yes: dict[str, list[Approval]] = {row.id: [] for row in rows}
    for chunk in _chunks(list(yes)):
        query = select(APPROVALS).where(APPROVALS.c.waiver.in_(chunk)).order_by(APPROVALS.c.at, APPROVALS.c.account)
        for row in tx.execute(query):
            yes[row.waiver].append(Approval(row.account, row.name, row.at))
    return [_waiver(row, tuple(yes[row.id])) for row in rows]


def _waiver(row: Row[Any], approvals: tuple[Approval, ...]) -> Waiver:
    return Waiver(
        id=row.id, scope=Scope(row.service, row.fingerprint, row.rule, row.path_prefix), severity=row.severity,
        reason=row.reason, justification=row.justification,
        control=Control(row.control_text, row.control_check, row.attested_by), requester=row.requester,
        requester_name=row.requester_name, owners=frozenset(row.owners), asked_at=row.asked_at,
        decide_by=row.decide_by, starts_at=row.starts_at, expires_at=row.expires_at, approvals=approvals,
        needed_approvals=row.needed_approvals, refused_at=row.refused_at, refused_by=row.refused_by,
        refusal=row.refusal, revoked_at=row.revoked_at, lapsed_at=row.lapsed_at,
        granted_by_clock=row.granted_by_clock, renewals=row.renewals, renews=row.renews, source=row.source,
        details=row.details, withdrawn_at=row.withdrawn_at, involved=frozenset(row.involved),
        asked_until=row.asked_until, ending=row.ending, ended_by=row.ended_by, team=row.team, file=row.file,
    )  # fmt: skip


def _chunks(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
