"""The tables of this room. Who belongs to which team stands with the accounts (`kernel.identity`)."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, text

from wardline.kernel.database.types import METADATA, Document, Moment, PlainText

TEAMS: Final = Table(
    "teams",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("slug", PlainText, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("name_key", PlainText, nullable=False, index=True),  # sorted and searched by
    Column("email", PlainText),
    Column("slack", PlainText),
    Column("external_id", PlainText, index=True),
    Column("directory", Boolean, nullable=False),  # a group of the directory (SCIM)
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
)
SERVICES: Final = Table(
    "services",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("slug", PlainText, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("name_key", PlainText, nullable=False, index=True),
    Column("team", ForeignKey("teams.id"), nullable=False, index=True),
    Column("team_source", PlainText, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("tier_inferred", Integer, nullable=False),
    Column("tier_facts", Document, nullable=False),
    Column("tier_claimed", Integer),
    Column("tier_argument", PlainText),
    Column("tier_argued_by", PlainText),
    Column("tier_agreed", Boolean, nullable=False),
    Column("exposed", Boolean),  # None: nobody says
    Column("repository", PlainText),
    Column("description", PlainText, nullable=False),
    Column("data", Document, nullable=False),
    Column("lifecycle", PlainText),
    Column("system", PlainText),
    Column("contacts", Document, nullable=False),
    Column("environments", Document, nullable=False),
    Column("notes", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("retired_at", Moment),
    Column("version", Integer, nullable=False),
)
DEPENDENCIES: Final = Table(
    "service_dependencies",
    METADATA,
    Column("service", ForeignKey("services.id"), primary_key=True),
    Column("on_slug", PlainText, primary_key=True, index=True),
)
CODE_OWNERS: Final = Table(
    "code_owners",
    METADATA,
    Column("service", ForeignKey("services.id"), primary_key=True),
    Column("dialect", PlainText, nullable=False),
    Column("rules", Document, nullable=False),
)
ENVIRONMENTS: Final = Table(
    "environments",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("slug", PlainText, nullable=False, unique=True),
    Column("name", PlainText, nullable=False),
    Column("production", Boolean, nullable=False),
)
DEPLOYMENTS: Final = Table(
    "deployments",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("service", ForeignKey("services.id"), nullable=False),
    Column("environment", ForeignKey("environments.id"), nullable=False),
    Column("digest", PlainText, nullable=False),
    Column("commit", PlainText),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_deployments_service_started_at", "service", "started_at"),
    # What runs is few of very many: one artifact in each place, and only these are indexed for it.
    Index(
        "uq_deployments_running",
        "service",
        "environment",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
