"""The tables of the notices."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _notices()
    _notice_deliveries()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("notice_deliveries")
    op.drop_table("notices")


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("recipient_name", types.PlainText(), nullable=False),
        sa.Column("subject", types.PlainText(), nullable=False),
        sa.Column("text", types.PlainText(), nullable=False),
        sa.Column("link", types.PlainText(), nullable=False),
        sa.Column("rows", types.Document, nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("dedupe", sa.String(length=200), nullable=False),
        sa.Column("posted_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("dedupe", "recipient", name=op.f("uq_notices_dedupe_recipient")),
    )
    op.create_index(op.f("ix_notices_posted_at"), "notices", ["posted_at"], unique=False)
    op.create_index(op.f("ix_notices_recipient"), "notices", ["recipient"], unique=False)


def _notice_deliveries() -> None:
    op.create_table(
        "notice_deliveries",
        sa.Column("notice", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("address", types.PlainText(), nullable=False),
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=30), nullable=True),
        sa.Column("sent_at", types.Moment(), nullable=True),
        sa.Column("said", types.PlainText(), nullable=False),
        sa.Column("due_at", types.Moment(), nullable=True),
        sa.Column("lease_until", types.Moment(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["notice"], ["notices.id"], name=op.f("fk_notice_deliveries_notice_notices"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice", "channel", name=op.f("pk_notice_deliveries")),
    )
    op.create_index(op.f("ix_notice_deliveries_due_at"), "notice_deliveries", ["due_at"], unique=False)
    op.create_index("ix_notice_deliveries_state", "notice_deliveries", ["state"], unique=False)
