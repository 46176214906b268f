"""The tables of the waivers."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _waivers()
    _waivers_indexes()
    _waiver_approvals()
    _waiver_findings()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("waiver_findings")
    op.drop_table("waiver_approvals")
    op.drop_table("waivers")


def _waivers() -> None:
    op.create_table(
        "waivers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("rule", types.PlainText(), nullable=True),
        sa.Column("path_prefix", types.PlainText(), nullable=True),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("justification", types.PlainText(), nullable=False),
        sa.Column("control_text", types.PlainText(), nullable=False),
        sa.Column("control_check", types.PlainText(), nullable=True),
        sa.Column("attested_by", sa.String(), nullable=True),
        sa.Column("requester", sa.String(), nullable=False),
        sa.Column("requester_name", types.PlainText(), nullable=False),
        sa.Column("owners", types.Document, nullable=False),
        sa.Column("involved", types.Document, nullable=False),
        sa.Column("asked_at", types.Moment(), nullable=False),
        sa.Column("decide_by", types.Moment(), nullable=False),
        sa.Column("starts_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("asked_until", types.Moment(), nullable=False),
        sa.Column("needed_approvals", sa.SmallInteger(), nullable=False),
        sa.Column("granted_by_clock", sa.Boolean(), nullable=False),
        sa.Column("refused_at", types.Moment(), nullable=True),
        sa.Column("refused_by", sa.String(), nullable=True),
        sa.Column("refusal", types.PlainText(), nullable=False),
        sa.Column("revoked_at", types.Moment(), nullable=True),
        sa.Column("lapsed_at", types.Moment(), nullable=True),
        sa.Column("withdrawn_at", types.Moment(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ending", types.PlainText(), nullable=False),
        sa.Column("renewals", sa.SmallInteger(), nullable=False),
        sa.Column("renews", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file", types.PlainText(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("details", types.Document, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("noted_effective_at", types.Moment(), nullable=True),
        sa.Column("late_steps", sa.Integer(), nullable=False),
        sa.Column("noted_ahead", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["renews"], ["waivers.id"], name=op.f("fk_waivers_renews_waivers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
    )


def _waivers_indexes() -> None:
    op.create_index("ix_waivers_live", "waivers", ["live", "id"], unique=False)
    op.create_index("ix_waivers_renews", "waivers", ["renews"], unique=False)
    op.create_index("ix_waivers_service", "waivers", ["service", "live"], unique=False)
    op.create_index("ix_waivers_team", "waivers", ["team", "id"], unique=False)


def _waiver_approvals() -> None:
    op.create_table(
        "waiver_approvals",
        sa.Column("waiver", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["waiver"], ["waivers.id"], name=op.f("fk_waiver_approvals_waiver_waivers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("waiver", "account", name=op.f("pk_waiver_approvals")),
    )


def _waiver_findings() -> None:
    op.create_table(
        "waiver_findings",
        sa.Column("waiver", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("released", types.PlainText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["waiver"], ["waivers.id"], name=op.f("fk_waiver_findings_waiver_waivers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("waiver", "finding", name=op.f("pk_waiver_findings")),
    )
    op.create_index("ix_waiver_findings_finding", "waiver_findings", ["finding", "waiver"], unique=False)
