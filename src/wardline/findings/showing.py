"""How rows become findings that are ready to be shown: with names beside ids, and what the last report said."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from wardline.findings import store
from wardline.findings.keeping import as_reported, moment
from wardline.findings.model import Cycle, Tracked
from wardline.findings.neighbours import Catalog


def tracked(tx: Connection, catalog: Catalog, rows: Sequence[Row[Any]]) -> list[Tracked]:
    """Return findings in the order of `rows`."""
    services = catalog.briefs_named(tx, {row.service for row in rows})
    names = catalog.names(tx, {row.team for row in rows} | {row.owner for row in rows if row.owner})
    told = store.details(tx, [row.id for row in rows])
    found = []
    for row in rows:
        service = services[row.service]
        found.append(
            Tracked(
                id=row.id,
                service=row.service,
                service_name=service.name,
                tier=service.tier,
                team=row.team,
                team_name=names.get(row.team, row.team),
                owner=row.owner,
                owner_name=names.get(row.owner, row.owner) if row.owner else None,
                fingerprint=row.fingerprint,
                practice=row.practice,
                rule=row.rule,
                title=row.title,
                severity=row.severity,
                confidence=row.confidence,
                place=row.place,
                state=row.state,
                cycle=row.cycle,
                first_detected_at=row.first_detected_at,
                detected_at=row.detected_at,
                window_seconds=row.window_seconds,
                due_at=row.due_at,
                acknowledge_by=row.acknowledge_by,
                acknowledged_at=row.acknowledged_at,
                fixed_at=row.fixed_at,
                verified_at=row.verified_at,
                last_seen_at=row.last_seen_at,
                escalation=row.escalation,
                exploited=row.exploited,
                waived_until=row.waived_until,
                clock=tuple(told[row.id].clock),
                attributes=as_reported(told[row.id].attributes),
            )
        )
    return found


def cycles(rows: Sequence[Row[Any]]) -> tuple[Cycle, ...]:
    """Return the cycles of one finding, the first first."""
    return tuple(
        Cycle(
            number=row.number,
            detected_at=moment(row.detected),
            due_at=moment(row.due),
            ended_at=moment(row.ended) if row.ended is not None else None,
            ended_as=row.ended_as,
            verified_at=moment(row.verified) if row.verified is not None else None,
        )
        for row in rows
    )
