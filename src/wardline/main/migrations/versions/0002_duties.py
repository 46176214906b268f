"""The tables of the duties."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _duties()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("duties")


def _duties() -> None:
    op.create_table(
        "duties",
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("title", types.PlainText(), nullable=False),
        sa.Column("every_seconds", sa.Float(), nullable=False),
        sa.Column("next_due", types.Moment(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("last_started", types.Moment(), nullable=True),
        sa.Column("last_finished", types.Moment(), nullable=True),
        sa.Column("last_said", types.PlainText(), nullable=False),
        sa.Column("last_failure", types.PlainText(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", types.Moment(), nullable=True),
        sa.Column("holder", types.PlainText(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duties")),
    )
