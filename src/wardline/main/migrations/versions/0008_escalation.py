"""The tables of the escalation."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _accounts()
    _escalation_steps()
    _findings()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("findings")
    op.drop_table("escalation_steps")
    op.drop_table("accounts")


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("name_key", types.PlainText(), nullable=False),
        sa.Column("email", types.PlainText(), nullable=True),
        sa.Column("email_key", types.PlainText(), nullable=True),
        sa.Column("roles", types.Document, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("deactivated_at", types.Moment(), nullable=True),
        sa.Column("changed_at", types.Moment(), nullable=False),
        sa.Column("removed_at", types.Moment(), nullable=True),
        sa.Column("user_name", types.PlainText(), nullable=True),
        sa.Column("user_name_key", types.PlainText(), nullable=True),
        sa.Column("external_id", types.PlainText(), nullable=True),
        sa.Column("seen_at", types.Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("details", types.Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("user_name_key", name=op.f("uq_accounts_user_name_key")),
    )
    op.create_index(op.f("ix_accounts_email_key"), "accounts", ["email_key"], unique=False)
    op.create_index(op.f("ix_accounts_external_id"), "accounts", ["external_id"], unique=False)
    op.create_index(op.f("ix_accounts_name_key"), "accounts", ["name_key"], unique=False)


def _escalation_steps() -> None:
    op.create_table(
        "escalation_steps",
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("finding", "cycle", "step", name=op.f("pk_escalation_steps")),
    )
    op.create_index("ix_escalation_steps_at", "escalation_steps", ["at"], unique=False)


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("rule", types.PlainText(), nullable=False),
        sa.Column("title", types.PlainText(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("place", types.PlainText(), nullable=False),
        sa.Column("file", types.PlainText(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("flags", sa.SmallInteger(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("first_detected_at", types.Moment(), nullable=False),
        sa.Column("detected_at", types.Moment(), nullable=False),
        sa.Column("window_seconds", sa.BigInteger(), nullable=False),
        sa.Column("due_at", types.Moment(), nullable=False),
        sa.Column("acknowledge_by", types.Moment(), nullable=False),
        sa.Column("acknowledged_at", types.Moment(), nullable=True),
        sa.Column("fixed_at", types.Moment(), nullable=True),
        sa.Column("verified_at", types.Moment(), nullable=True),
        sa.Column("last_seen_at", types.Moment(), nullable=False),
        sa.Column("escalation", sa.SmallInteger(), nullable=False),
        sa.Column("exploited", sa.Boolean(), nullable=False),
        sa.Column("waived_until", types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("service", "fingerprint", name=op.f("uq_findings_service_fingerprint")),
    )
    op.create_index("ix_findings_detected", "findings", ["open", "detected_at", "id"], unique=False)
    op.create_index(
        "ix_findings_due",
        "findings",
        ["open", "due_at", "id", "urgency", "practice", "state", "team", "service"],
        unique=False,
    )
    op.create_index(
        "ix_findings_heat",
        "findings",
        ["open", "service", "practice", "team", "urgency", "due_at", "waived_until"],
        unique=False,
    )
    op.create_index("ix_findings_owner", "findings", ["owner", "open", "due_at", "id"], unique=False)
    op.create_index("ix_findings_service", "findings", ["service", "open", "due_at", "id"], unique=False)
    op.create_index("ix_findings_state", "findings", ["state", "service", "id"], unique=False)
    op.create_index("ix_findings_team", "findings", ["team", "open", "due_at", "id"], unique=False)
    op.create_index("ix_findings_urgency", "findings", ["open", "urgency", "due_at", "id"], unique=False)
