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
    _escalation_steps()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("escalation_steps")


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
