"""How many findings there are, kept by triggers; narrower indexes where lists and measures read."""

import sqlalchemy as sa
from alembic import op

from wardline.findings import tally_store, tally_tables

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


_DROPPED = (
    ("ix_findings_heat", "findings"),
    ("ix_finding_cycles_ended", "finding_cycles"),
    ("ix_finding_cycles_team", "finding_cycles"),
)
_MADE = (
    ("ix_findings_texts", "findings"),
    ("ix_findings_waived", "findings"),
    ("ix_finding_cycles_group", "finding_cycles"),
    ("ix_finding_cycles_verified", "finding_cycles"),
)
_GROUP = (
    "team", "practice", "urgency", "ended", "detected", "ended_as", "due", "verified", "waived", "number", "service",
)  # fmt: skip
_VERIFIED = ("verified", "service", "ended", "ended_as", "team", "practice", "urgency")
_ENDED = (
    "ended", "detected", "urgency", "practice", "team", "service", "ended_as", "due", "verified", "waived", "number",
)  # fmt: skip
_WAIVED = sa.text("waived_until IS NOT NULL")
_NARROWING = ("service", "practice", "team", "severity", "state", "exploited", "waived_until")


def upgrade() -> None:
    """Make the table, count what is there, and have triggers keep it from then on."""
    for name, table in _DROPPED:
        op.drop_index(name, table)
    op.create_index("ix_findings_texts", "findings", ["open", "subject", "spot"])
    waived = ["waived_until", "open"]
    op.create_index("ix_findings_waived", "findings", waived, sqlite_where=_WAIVED, postgresql_where=_WAIVED)
    op.create_index("ix_finding_cycles_group", "finding_cycles", list(_GROUP))
    op.create_index("ix_finding_cycles_verified", "finding_cycles", list(_VERIFIED))
    _finding_tallies()
    bind = op.get_bind()
    tally_store.recounted(bind)
    tally_store.drawn_together(bind)
    for statement in tally_tables.TRIGGERS[bind.dialect.name]:
        bind.exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    """Drop them."""
    server = op.get_bind().dialect.name == "postgresql"
    for name in tally_tables.FUNCTIONS:
        op.execute(f"DROP TRIGGER {name}" + (" ON findings" if server else ""))
        if server:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("finding_tallies")
    for name, table in _MADE:
        op.drop_index(name, table)
    op.create_index("ix_findings_heat", "findings", ["open", *_NARROWING, "urgency", "due_at", "subject", "spot"])
    op.create_index("ix_finding_cycles_ended", "finding_cycles", list(_ENDED))
    op.create_index("ix_finding_cycles_team", "finding_cycles", ["team", "ended"])


def _finding_tallies() -> None:
    op.create_table(
        "finding_tallies",
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("exploited", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("waived", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("due_span", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service", "practice", "team", "severity", "state", "exploited", "waived", "due_span", "part",
            name=op.f("pk_finding_tallies"),
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
