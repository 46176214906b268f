"""Queries about reports that came in, which source reports what, and whose turn it is to be received."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, tuple_, update

from wardline.findings.tables import FINDINGS, INTAKE, REPORTS, SIGHTINGS
from wardline.kernel.database import bulk

# Whose turn it is


def intake(tx: Connection, service: str) -> Row[Any]:
    """Return the service's row of intake, made where it is not there; nobody else has it before the end."""
    query = select(INTAKE).where(INTAKE.c.service == service).with_for_update()
    row = tx.execute(query).one_or_none()
    if row is not None:
        return row
    unknown = {"team": "", "tier": 4, "exposed": False, "policy": "", "deployed": False}
    bulk.insert(tx, INTAKE, [{"service": service, "fence": 0, "report": None, "until": None, **unknown}], key=())
    return tx.execute(query).one()


def change_intake(tx: Connection, service: str, **values: Any) -> None:
    """Change columns of a service's row of intake."""
    tx.execute(update(INTAKE).where(INTAKE.c.service == service).values(**values))


def held(tx: Connection, service: str, fence: int, until: datetime) -> bool:
    """Prolong a turn, and return whether it is still ours."""
    here = and_(INTAKE.c.service == service, INTAKE.c.fence == fence)
    return tx.execute(update(INTAKE).where(here).values(until=until)).rowcount == 1


def release(tx: Connection, service: str, fence: int) -> None:
    """End a turn, if it is still ours."""
    here = and_(INTAKE.c.service == service, INTAKE.c.fence == fence)
    tx.execute(update(INTAKE).where(here).values(report=None, until=None))


def intakes(tx: Connection, after: str, limit: int) -> Sequence[Row[Any]]:
    """Return rows of intake in the order of services."""
    return tx.execute(select(INTAKE).where(INTAKE.c.service > after).order_by(INTAKE.c.service).limit(limit)).all()


# Reports


def report_named(tx: Connection, service: str, name: str) -> Row[Any] | None:
    """Return the report that came under this name."""
    return tx.execute(select(REPORTS).where(REPORTS.c.service == service, REPORTS.c.name == name)).one_or_none()


def report(tx: Connection, identifier: str) -> Row[Any] | None:
    """Return one report."""
    return tx.execute(select(REPORTS).where(REPORTS.c.id == identifier)).one_or_none()


def put_report(tx: Connection, **values: Any) -> None:
    """Insert a report that begins to come in."""
    tx.execute(insert(REPORTS).values(**values))


def change_report(tx: Connection, identifier: str, **values: Any) -> None:
    """Change columns of a report."""
    tx.execute(update(REPORTS).where(REPORTS.c.id == identifier).values(**values))


def latest(tx: Connection, service: str, source: str) -> Row[Any] | None:
    """Return the report of this source that says what stands: the latest whole one of the default branch."""
    query = select(REPORTS).where(
        REPORTS.c.service == service,
        REPORTS.c.source == source,
        REPORTS.c.state == "complete",
        REPORTS.c.branch.is_(None),
        ~REPORTS.c.stale,
    )
    return tx.execute(query.order_by(REPORTS.c.at.desc(), REPORTS.c.received_at.desc()).limit(1)).one_or_none()


def last_named(tx: Connection, service: str, source: str, branch: str | None) -> str | None:
    """Return the name of the report of this source that came last."""
    here = and_(REPORTS.c.service == service, REPORTS.c.source == source, REPORTS.c.branch.is_not_distinct_from(branch))
    query = select(REPORTS.c.name).where(here).order_by(REPORTS.c.received_at.desc(), REPORTS.c.id.desc())
    return tx.execute(query.limit(1)).scalar_one_or_none()


def count(tx: Connection, service: str, source: str) -> int:
    """Return how many reports of this source there are."""
    query = select(func.count()).select_from(REPORTS).where(REPORTS.c.service == service, REPORTS.c.source == source)
    return int(tx.execute(query).scalar_one())


def newer(tx: Connection, service: str, source: str, at: datetime, limit: int = 200) -> Sequence[Row[Any, Any]]:
    """Return whole reports of the default branch that are newer than `at`: practices and gaps of each."""
    query = select(REPORTS.c.complete, REPORTS.c.gaps).where(
        REPORTS.c.service == service,
        REPORTS.c.source == source,
        REPORTS.c.state == "complete",
        REPORTS.c.branch.is_(None),
        REPORTS.c.at > at,
    )
    return tx.execute(query.limit(limit)).all()


def superseded(tx: Connection, service: str, source: str, commit: str) -> datetime | None:
    """Return when a commit was first reported, if another one was since: a scan of it now is a look back to then."""
    whole = and_(
        REPORTS.c.service == service,
        REPORTS.c.source == source,
        REPORTS.c.state == "complete",
        REPORTS.c.branch.is_(None),
    )
    first = tx.execute(select(func.min(REPORTS.c.at)).where(whole, REPORTS.c.commit_id == commit)).scalar_one_or_none()
    if first is None:
        return None
    query = select(REPORTS.c.id).where(whole, ~REPORTS.c.stale, REPORTS.c.commit_id != commit, REPORTS.c.at > first)
    return first if tx.execute(query.limit(1)).first() is not None else None


def reports(tx: Connection, service: str, after: tuple[datetime, str] | None, limit: int) -> Sequence[Row[Any]]:
    """Return reports of a service, the newest first."""
    query = select(REPORTS).where(REPORTS.c.service == service)
    if after:
        query = query.where(tuple_(REPORTS.c.received_at, REPORTS.c.id) < tuple_(*after))
    return tx.execute(query.order_by(REPORTS.c.received_at.desc(), REPORTS.c.id.desc()).limit(limit)).all()


def on_commits(tx: Connection, service: str, named: Collection[str]) -> Sequence[Row[Any]]:
    """Return the whole reports of the default branch on these commits."""
    query = select(REPORTS).where(
        REPORTS.c.service == service,
        REPORTS.c.commit_id.in_(sorted(named)),
        REPORTS.c.state == "complete",
        ~REPORTS.c.stale,
        REPORTS.c.branch.is_(None),
    )
    return tx.execute(query).all() if named else []


# Which source reports what


def sight(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note that a source reports findings."""
    bulk.insert(tx, SIGHTINGS, rows, key=("source", "finding"))


def sees_any(tx: Connection, service: str, source: str) -> bool:
    """Return whether this source reports anything of the service at present."""
    here = and_(SIGHTINGS.c.service == service, SIGHTINGS.c.source == source, SIGHTINGS.c.present)
    return tx.execute(select(SIGHTINGS.c.finding).where(here).limit(1)).first() is not None


def unseen(
    tx: Connection, of: tuple[str, str], report: str, *, after: str, limit: int
) -> Sequence[Row[Any, Any, Any, Any, Any, Any, Any]]:
    """Return what a source (`of`: a service, a source) reported before, and did not in `report`, by id.

    Findings that are open, fixed or dismissed.
    """
    service, source = of
    query = (
        select(
            SIGHTINGS.c.finding,
            FINDINGS.c.place,
            SIGHTINGS.c.files,
            SIGHTINGS.c.name,
            FINDINGS.c.practice,
            FINDINGS.c.file,
            FINDINGS.c.rule,
        )
        .join(FINDINGS, FINDINGS.c.id == SIGHTINGS.c.finding)
        .where(SIGHTINGS.c.service == service, SIGHTINGS.c.source == source, SIGHTINGS.c.present)
        .where(SIGHTINGS.c.report != report, SIGHTINGS.c.finding > after)
        .order_by(SIGHTINGS.c.finding)
        .limit(limit)
    )
    return tx.execute(query).all()


def gone(tx: Connection, source: str, findings: Sequence[str]) -> None:
    """Note that a source no longer reports these findings."""
    here = and_(SIGHTINGS.c.source == source, SIGHTINGS.c.finding.in_(findings))
    tx.execute(update(SIGHTINGS).where(here).values(present=False))


def reported(tx: Connection, findings: Sequence[str], *, but: str = "") -> set[str]:
    """Return those of `findings` that some source, other than `but`, reports at present."""
    query = select(SIGHTINGS.c.finding).where(
        SIGHTINGS.c.finding.in_(findings), SIGHTINGS.c.present, SIGHTINGS.c.source != but
    )
    return set(tx.execute(query.distinct()).scalars())


def reporting(tx: Connection, pairs: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of these pairs (a source, a finding) where the source reports the finding at present."""
    by_source: dict[str, list[str]] = {}
    for source, finding in pairs:
        by_source.setdefault(source, []).append(finding)
    found: set[tuple[str, str]] = set()
    for source, findings in sorted(by_source.items()):
        here = and_(SIGHTINGS.c.source == source, SIGHTINGS.c.finding.in_(findings), SIGHTINGS.c.present)
        found.update((source, finding) for finding in tx.execute(select(SIGHTINGS.c.finding).where(here)).scalars())
    return found


def sources(tx: Connection, finding: str) -> Sequence[Row[Any]]:
    """Return which sources report or reported a finding, and when they last did."""
    query = select(SIGHTINGS).where(SIGHTINGS.c.finding == finding).order_by(SIGHTINGS.c.source)
    return tx.execute(query).all()
