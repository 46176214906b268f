"""Queries about services, teams and what they depend on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select, update

from wardline.catalog.model import Brief, Service, ServiceQuery, Team
from wardline.catalog.tables import CODE_OWNERS, DEPENDENCIES, SERVICES, TEAMS
from wardline.kernel.database.types import storable, stored
from wardline.kernel.identity import people

_FEW: Final = 200  # more ids than these are not sent to the database: all services are few enough to be read


def sorted_by(name: str) -> str:
    """Return what a list is sorted by for this name, as the database has kept it."""
    return stored(name).casefold()


# Teams


def put_team(tx: Connection, team: Team, at: datetime) -> None:
    """Insert a team."""
    values = {name: getattr(team, name) for name in ("id", "slug", "name", "email", "slack", "external_id")}
    values |= {"name_key": sorted_by(team.name), "directory": team.directory, "created_at": at, "changed_at": at}
    tx.execute(insert(TEAMS).values(version=1, **values))


def change_team(tx: Connection, identifier: str, at: datetime, **values: Any) -> None:
    """Change columns of a team; its version counts up."""
    counted = TEAMS.c.version + 1
    values |= {"name_key": sorted_by(values["name"])} if "name" in values else {}
    tx.execute(update(TEAMS).where(TEAMS.c.id == identifier).values(version=counted, changed_at=at, **values))


def drop_team(tx: Connection, identifier: str) -> None:
    """Delete a team that looks after nothing and nobody any more."""
    tx.execute(delete(TEAMS).where(TEAMS.c.id == identifier))


def team(tx: Connection, id_or_slug: str, *, lock: bool = False) -> Team | None:
    """Return a team, or None."""
    query = select(TEAMS).where(or_(TEAMS.c.id == id_or_slug, TEAMS.c.slug == id_or_slug))
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return _counted(tx, [row])[0] if row else None


def team_by_external_id(tx: Connection, external_id: str) -> Team | None:
    """Return the team that a directory calls so, or None."""
    row = tx.execute(select(TEAMS).where(TEAMS.c.external_id == external_id).limit(1)).one_or_none()
    return _counted(tx, [row])[0] if row else None


def directory(tx: Connection, start: int, count: int, **equal: str) -> tuple[int, list[Team]]:
    """Return how many teams are groups of the directory, and some of them by id. `equal`: id, name or external_id."""
    here: list[ColumnElement[bool]] = [TEAMS.c.directory.is_(True)]
    columns = {"id": TEAMS.c.id, "external_id": TEAMS.c.external_id, "name": TEAMS.c.name_key}
    here += [columns[name] == (sorted_by(value) if name == "name" else value) for name, value in equal.items()]
    total = tx.execute(select(func.count()).select_from(TEAMS).where(*here)).scalar_one()
    rows = tx.execute(select(TEAMS).where(*here).order_by(TEAMS.c.id).offset(start).limit(count)).all()
    return total, _counted(tx, rows)


def teams(tx: Connection, after: tuple[str, str] | None, limit: int) -> list[Team]:
    """Return teams by name, then id."""
    by_name = TEAMS.c.name_key
    query = select(TEAMS).order_by(by_name, TEAMS.c.id).limit(limit)
    if after:
        query = query.where(or_(by_name > after[0], and_(by_name == after[0], TEAMS.c.id > after[1])))
    return _counted(tx, tx.execute(query).all())


def team_names(tx: Connection, identifiers: Collection[str]) -> dict[str, str]:
    """Return the names of teams by id."""
    rows = tx.execute(select(TEAMS.c.id, TEAMS.c.name).where(TEAMS.c.id.in_(identifiers))).all() if identifiers else ()
    return {row.id: row.name for row in rows}


# Services


def put_service(tx: Connection, values: dict[str, Any]) -> None:
    """Insert a service."""
    tx.execute(insert(SERVICES).values(version=1, name_key=sorted_by(values["name"]), **values))


def change_service(tx: Connection, identifier: str, **values: Any) -> None:
    """Change columns of a service; its version counts up."""
    counted = SERVICES.c.version + 1
    values |= {name: storable(values[name]) for name in ("contacts", "notes", "tier_facts") if name in values}
    values |= {"name_key": sorted_by(values["name"])} if "name" in values else {}
    tx.execute(update(SERVICES).where(SERVICES.c.id == identifier).values(version=counted, **values))


def put_dependencies(tx: Connection, identifier: str, slugs: Collection[str]) -> list[str]:
    """Replace what a service depends on, and return the slugs whose number of dependents that changes."""
    here = DEPENDENCIES.c.service == identifier
    before = set(tx.execute(select(DEPENDENCIES.c.on_slug).where(here)).scalars())
    after = set(slugs)
    if before - after:
        tx.execute(delete(DEPENDENCIES).where(here, DEPENDENCIES.c.on_slug.in_(before - after)))
    for slug in sorted(after - before):
        tx.execute(insert(DEPENDENCIES).values(service=identifier, on_slug=slug))
    return sorted(before ^ after)


def service_row(tx: Connection, id_or_slug: str, *, lock: bool = False) -> Row[Any] | None:
    """Return the columns of a service as they are kept, or None."""
    query = select(SERVICES).where(or_(SERVICES.c.id == id_or_slug, SERVICES.c.slug == id_or_slug))
    return tx.execute(query.with_for_update() if lock else query).one_or_none()


def service(tx: Connection, id_or_slug: str) -> Service | None:
    """Return a service, or None."""
    rows = tx.execute(_services().where(or_(SERVICES.c.id == id_or_slug, SERVICES.c.slug == id_or_slug))).all()
    return _shown(tx, rows)[0] if rows else None


def services_named(tx: Connection, identifiers: Collection[str]) -> dict[str, Service]:
    """Return services by id."""
    rows = tx.execute(_services().where(SERVICES.c.id.in_(identifiers))).all() if identifiers else []
    return {one.id: one for one in _shown(tx, rows)}


def briefs(tx: Connection, only: Collection[str] | None, *, retired: bool) -> list[Brief]:
    """Return services in a few words by name, then id; `only` (unless it is None) are the ids that are asked for."""
    columns = (*(SERVICES.c[name] for name in ("id", "slug", "name", "tier", "team")), TEAMS.c.name)
    query = select(*columns).select_from(SERVICES).join(TEAMS).order_by(SERVICES.c.name_key, SERVICES.c.id)
    if not retired:
        query = query.where(SERVICES.c.retired_at.is_(None))
    if only is not None and len(only) <= _FEW:
        query = query.where(SERVICES.c.id.in_(sorted(only)))
    return [Brief(*row) for row in tx.execute(query) if only is None or row[0] in only]


def services(
    tx: Connection, query: ServiceQuery, only: Collection[str], after: tuple[str, str] | None, limit: int
) -> list[Service]:
    """Return services by name, then id; `only` (where it is not empty) are the ids that may be known of."""
    by_name = SERVICES.c.name_key
    wanted = _services().order_by(by_name, SERVICES.c.id).limit(limit)
    if only:
        wanted = wanted.where(SERVICES.c.id.in_(only))
    if query.text:
        part = f"%{_escaped(query.text.casefold())}%"
        columns = (SERVICES.c.name_key, SERVICES.c.slug, func.lower(SERVICES.c.repository))
        wanted = wanted.where(or_(*(column.like(part, escape="\\") for column in columns)))
    if query.teams:
        wanted = wanted.where(or_(SERVICES.c.team.in_(query.teams), TEAMS.c.slug.in_(query.teams)))
    if query.tiers:
        wanted = wanted.where(SERVICES.c.tier.in_(query.tiers))
    if query.exposed is not None:
        wanted = wanted.where(SERVICES.c.exposed.is_(True) if query.exposed else SERVICES.c.exposed.is_not(True))
    if query.unowned is not None:
        wanted = wanted.where((SERVICES.c.team_source == "fallback") == query.unowned)
    if query.retired is not None:
        wanted = wanted.where(SERVICES.c.retired_at.is_not(None) == query.retired)
    if after:
        wanted = wanted.where(or_(by_name > after[0], and_(by_name == after[0], SERVICES.c.id > after[1])))
    return _shown(tx, tx.execute(wanted).all())


def dependents(tx: Connection, slugs: Collection[str]) -> dict[str, int]:
    """Return how many services that are not retired depend on each of these."""
    if not slugs:
        return {}
    rows = tx.execute(
        select(DEPENDENCIES.c.on_slug, func.count())
        .join(SERVICES, SERVICES.c.id == DEPENDENCIES.c.service)
        .where(DEPENDENCIES.c.on_slug.in_(slugs), SERVICES.c.retired_at.is_(None))
        .group_by(DEPENDENCIES.c.on_slug)
    ).all()
    return {row[0]: row[1] for row in rows}


def of_team(tx: Connection, team_id: str) -> list[str]:
    """Return the ids of a team's services."""
    return list(tx.execute(select(SERVICES.c.id).where(SERVICES.c.team == team_id).order_by(SERVICES.c.id)).scalars())


# Owners of code


def put_code_owners(tx: Connection, identifier: str, dialect: str, rules: Iterable[Any]) -> None:
    """Replace a service's rules; no rules: there is no such file any more."""
    tx.execute(delete(CODE_OWNERS).where(CODE_OWNERS.c.service == identifier))
    kept = storable(list(rules))
    if kept:
        tx.execute(insert(CODE_OWNERS).values(service=identifier, dialect=dialect, rules=kept))


def code_owners(tx: Connection, identifier: str) -> tuple[str, list[Any]] | None:
    """Return the dialect and the rules of a service's CODEOWNERS, or None."""
    row = tx.execute(select(CODE_OWNERS).where(CODE_OWNERS.c.service == identifier)).one_or_none()
    return (row.dialect, row.rules) if row else None


def _counted(tx: Connection, rows: Sequence[Row[Any]]) -> list[Team]:
    sizes = people.sizes(tx, [row.id for row in rows])
    return [
        Team(
            id=row.id,
            slug=row.slug,
            name=row.name,
            email=row.email,
            slack=row.slack,
            external_id=row.external_id,
            members=sizes.get(row.id, 0),
            version=row.version,
            directory=row.directory,
            created_at=row.created_at,
            changed_at=row.changed_at,
        )
        for row in rows
    ]


def _services() -> Select[Any]:
    named = (TEAMS.c.name.label("team_name"), TEAMS.c.slug.label("team_slug"))
    return select(SERVICES, *named).join(TEAMS)


def _shown(tx: Connection, rows: Sequence[Row[Any]]) -> list[Service]:
    counted = dependents(tx, [row.slug for row in rows])
    on: dict[str, list[str]] = {}
    known = select(DEPENDENCIES).where(DEPENDENCIES.c.service.in_([row.id for row in rows]))
    for row in tx.execute(known.order_by(DEPENDENCIES.c.on_slug)).all() if rows else []:
        on.setdefault(row.service, []).append(row.on_slug)
    return [_service(row, counted.get(row.slug, 0), tuple(on.get(row.id, ()))) for row in rows]


def _service(row: Row[Any], dependents_count: int, depends_on: tuple[str, ...]) -> Service:
    return Service(
        id=row.id,
        slug=row.slug,
        name=row.name,
        team=row.team,
        team_source=row.team_source,
        tier=row.tier,
        tier_inferred=row.tier_inferred,
        tier_facts=tuple(row.tier_facts),
        tier_argument=row.tier_argument,
        exposed=bool(row.exposed),
        repository=row.repository,
        description=row.description,
        retired_at=row.retired_at,
        team_name=row.team_name,
        team_slug=row.team_slug,
        tier_claimed=row.tier_claimed,
        tier_argued_by=row.tier_argued_by,
        tier_disputed=row.tier_claimed is not None and row.tier_claimed != row.tier,
        data=tuple(row.data or ()),
        lifecycle=row.lifecycle,
        system=row.system,
        contacts=tuple(sorted(row.contacts.items())),
        environments=tuple(row.environments),
        depends_on=depends_on,
        dependents=dependents_count,
        notes=tuple(row.notes),
        created_at=row.created_at,
        version=row.version,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
