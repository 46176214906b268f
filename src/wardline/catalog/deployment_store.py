"""Queries about environments, and what runs and ran in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from wardline.catalog.model import Deployment, Environment
from wardline.catalog.tables import DEPLOYMENTS, ENVIRONMENTS, SERVICES


def put_environment(tx: Connection, environment: Environment) -> None:
    """Insert an environment."""
    tx.execute(insert(ENVIRONMENTS).values(**environment._asdict()))


def change_environment(tx: Connection, identifier: str, *, name: str, production: bool) -> None:
    """Change an environment."""
    tx.execute(update(ENVIRONMENTS).where(ENVIRONMENTS.c.id == identifier).values(name=name, production=production))


def environment(tx: Connection, id_or_slug: str) -> Environment | None:
    """Return an environment, or None."""
    here = or_(ENVIRONMENTS.c.id == id_or_slug, ENVIRONMENTS.c.slug == id_or_slug)
    row = tx.execute(select(ENVIRONMENTS).where(here)).one_or_none()
    return Environment(*row) if row else None


def environments(tx: Connection) -> list[Environment]:
    """Return every environment, production first, then by name."""
    query = select(ENVIRONMENTS).order_by(ENVIRONMENTS.c.production.desc(), ENVIRONMENTS.c.slug)
    return [Environment(*row) for row in tx.execute(query).all()]


def put_deployment(tx: Connection, deployment: Deployment) -> None:
    """Insert a deployment."""
    names = ("id", "service", "environment", "digest", "commit", "started_at", "ended_at")
    tx.execute(insert(DEPLOYMENTS).values(**{name: getattr(deployment, name) for name in names}))


def end_deployment(tx: Connection, identifier: str, at: datetime) -> None:
    """Note that something stopped running."""
    tx.execute(update(DEPLOYMENTS).where(DEPLOYMENTS.c.id == identifier).values(ended_at=at))


def running(tx: Connection, service: str, environment: str | None = None) -> list[Deployment]:
    """Return what runs of a service, everywhere or in one environment."""
    query = _deployments().where(DEPLOYMENTS.c.service == service, DEPLOYMENTS.c.ended_at.is_(None))
    if environment is not None:
        query = query.where(DEPLOYMENTS.c.environment == environment)
    return [_deployment(row) for row in tx.execute(query.order_by(ENVIRONMENTS.c.slug)).all()]


def deployments(tx: Connection, service: str, after: str | None, limit: int) -> list[Deployment]:
    """Return what ran of a service, newest first (by id)."""
    query = _deployments().where(DEPLOYMENTS.c.service == service).order_by(DEPLOYMENTS.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(DEPLOYMENTS.c.id < after)
    return [_deployment(row) for row in tx.execute(query).all()]


def _deployments() -> Any:
    named = (ENVIRONMENTS.c.name.label("environment_name"), SERVICES.c.name.label("service_name"))
    return (
        select(DEPLOYMENTS, *named)
        .join(ENVIRONMENTS, ENVIRONMENTS.c.id == DEPLOYMENTS.c.environment)
        .join(SERVICES, SERVICES.c.id == DEPLOYMENTS.c.service)
    )


def _deployment(row: Row[Any]) -> Deployment:
    return Deployment(
        row.id,
        row.service,
        row.environment,
        row.digest,
        row.commit,
        row.started_at,
        row.ended_at,
        row.environment_name,
        row.service_name,
    )
