"""The tables of the catalog."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _environments()
    _teams()
    _services()
    _code_owners()
    _deployments()
    _service_dependencies()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("service_dependencies")
    op.drop_table("deployments")
    op.drop_table("code_owners")
    op.drop_table("services")
    op.drop_table("teams")
    op.drop_table("environments")


def _environments() -> None:
    op.create_table(
        "environments",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("slug", types.PlainText(), nullable=False),
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("production", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_environments")),
        sa.UniqueConstraint("slug", name=op.f("uq_environments_slug")),
    )


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("slug", types.PlainText(), nullable=False),
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("name_key", types.PlainText(), nullable=False),
        sa.Column("email", types.PlainText(), nullable=True),
        sa.Column("slack", types.PlainText(), nullable=True),
        sa.Column("external_id", types.PlainText(), nullable=True),
        sa.Column("directory", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("changed_at", types.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("slug", name=op.f("uq_teams_slug")),
    )
    op.create_index(op.f("ix_teams_external_id"), "teams", ["external_id"], unique=False)
    op.create_index(op.f("ix_teams_name_key"), "teams", ["name_key"], unique=False)


def _services() -> None:
    op.create_table(
        "services",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("slug", types.PlainText(), nullable=False),
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("name_key", types.PlainText(), nullable=False),
        sa.Column("team", types.PlainText(), nullable=False),
        sa.Column("team_source", types.PlainText(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("tier_inferred", sa.Integer(), nullable=False),
        sa.Column("tier_facts", types.Document, nullable=False),
        sa.Column("tier_claimed", sa.Integer(), nullable=True),
        sa.Column("tier_argument", types.PlainText(), nullable=True),
        sa.Column("tier_argued_by", types.PlainText(), nullable=True),
        sa.Column("tier_agreed", sa.Boolean(), nullable=False),
        sa.Column("exposed", sa.Boolean(), nullable=True),
        sa.Column("repository", types.PlainText(), nullable=True),
        sa.Column("description", types.PlainText(), nullable=False),
        sa.Column("data", types.Document, nullable=False),
        sa.Column("lifecycle", types.PlainText(), nullable=True),
        sa.Column("system", types.PlainText(), nullable=True),
        sa.Column("contacts", types.Document, nullable=False),
        sa.Column("environments", types.Document, nullable=False),
        sa.Column("notes", types.Document, nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("retired_at", types.Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name=op.f("fk_services_team_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("slug", name=op.f("uq_services_slug")),
    )
    op.create_index(op.f("ix_services_name_key"), "services", ["name_key"], unique=False)
    op.create_index(op.f("ix_services_team"), "services", ["team"], unique=False)


def _code_owners() -> None:
    op.create_table(
        "code_owners",
        sa.Column("service", types.PlainText(), nullable=False),
        sa.Column("dialect", types.PlainText(), nullable=False),
        sa.Column("rules", types.Document, nullable=False),
        sa.ForeignKeyConstraint(["service"], ["services.id"], name=op.f("fk_code_owners_service_services")),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_code_owners")),
    )


def _deployments() -> None:
    op.create_table(
        "deployments",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("service", types.PlainText(), nullable=False),
        sa.Column("environment", types.PlainText(), nullable=False),
        sa.Column("digest", types.PlainText(), nullable=False),
        sa.Column("commit", types.PlainText(), nullable=True),
        sa.Column("started_at", types.Moment(), nullable=False),
        sa.Column("ended_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["environment"], ["environments.id"], name=op.f("fk_deployments_environment_environments")
        ),
        sa.ForeignKeyConstraint(["service"], ["services.id"], name=op.f("fk_deployments_service_services")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
    )
    op.create_index("ix_deployments_service_started_at", "deployments", ["service", "started_at"], unique=False)
    op.create_index(
        "uq_deployments_running",
        "deployments",
        ["service", "environment"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _service_dependencies() -> None:
    op.create_table(
        "service_dependencies",
        sa.Column("service", types.PlainText(), nullable=False),
        sa.Column("on_slug", types.PlainText(), nullable=False),
        sa.ForeignKeyConstraint(["service"], ["services.id"], name=op.f("fk_service_dependencies_service_services")),
        sa.PrimaryKeyConstraint("service", "on_slug", name=op.f("pk_service_dependencies")),
    )
    op.create_index(op.f("ix_service_dependencies_on_slug"), "service_dependencies", ["on_slug"], unique=False)
