"""The tables of the findings."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
_INDEXES = {
    "ix_findings_detected": "open detected_at id service practice team severity state exploited waived_until due_at",
    "ix_findings_due": "open due_at id service practice team severity state exploited waived_until urgency",
    "ix_findings_heat": "open service practice team severity state exploited waived_until urgency due_at subject spot",
    "ix_findings_owner": "owner open due_at id",
    "ix_findings_service": "service open due_at id",
    "ix_findings_spot": "spot",
    "ix_findings_state": "state service id",
    "ix_findings_subject": "subject",
    "ix_findings_team": "team open due_at id waived_until",
    "ix_findings_urgency": "open urgency due_at id service practice team severity state exploited waived_until",
}


def upgrade() -> None:
    """Make them."""
    _finding_intake()
    _finding_words()
    _findings()
    _policies()
    _reports()
    _finding_aliases()
    _finding_cycles()
    _finding_details()
    _finding_dismissals()
    _finding_sightings()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("finding_sightings")
    op.drop_table("finding_dismissals")
    op.drop_table("finding_details")
    op.drop_table("finding_cycles")
    op.drop_table("finding_aliases")
    op.drop_table("reports")
    op.drop_table("policies")
    op.drop_table("findings")
    op.drop_table("finding_words")
    op.drop_table("finding_intake")


def _finding_intake() -> None:
    op.create_table(
        "finding_intake",
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=True),
        sa.Column("until", types.Moment(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("exposed", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("deployed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("pk_finding_intake")),
    )


def _finding_words() -> None:
    op.create_table(
        "finding_words",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("text", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("word", "text", name=op.f("pk_finding_words")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_finding_words_text", "finding_words", ["text", "word"], unique=False)


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
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("spot", sa.BigInteger(), nullable=False),
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
    for name, columns in _INDEXES.items():
        op.create_index(name, "findings", columns.split(), unique=False)


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", types.PlainText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("author_name", types.PlainText(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_policies")),
    )


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("commit_id", sa.String(), nullable=True),
        sa.Column("branch", types.PlainText(), nullable=True),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("received_at", types.Moment(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", types.PlainText(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("complete", types.Document, nullable=False),
        sa.Column("gaps", types.Document, nullable=False),
        sa.Column("counts", types.Document, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("service", "name", name=op.f("uq_reports_service_name")),
    )
    op.create_index("ix_reports_commit", "reports", ["service", "commit_id"], unique=False)
    op.create_index("ix_reports_latest", "reports", ["service", "source", "state", "at"], unique=False)
    op.create_index("ix_reports_service", "reports", ["service", "received_at", "id"], unique=False)


def _finding_aliases() -> None:
    op.create_table(
        "finding_aliases",
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_finding_aliases_finding_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service", "fingerprint", name=op.f("pk_finding_aliases")),
    )
    op.create_index("ix_finding_aliases_finding", "finding_aliases", ["finding"], unique=False)


def _finding_cycles() -> None:
    op.create_table(
        "finding_cycles",
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("detected", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.Column("verified", sa.BigInteger(), nullable=True),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_finding_cycles_finding_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding", "number", name=op.f("pk_finding_cycles")),
    )
    op.create_index(
        "ix_finding_cycles_ended",
        "finding_cycles",
        [
            "ended",
            "detected",
            "urgency",
            "practice",
            "team",
            "service",
            "ended_as",
            "due",
            "verified",
            "waived",
            "number",
        ],
        unique=False,
    )
    op.create_index("ix_finding_cycles_service", "finding_cycles", ["service", "ended"], unique=False)
    op.create_index("ix_finding_cycles_team", "finding_cycles", ["team", "ended"], unique=False)


def _finding_details() -> None:
    op.create_table(
        "finding_details",
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("attributes", types.Document, nullable=False),
        sa.Column("clock", types.Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_finding_details_finding_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding", name=op.f("pk_finding_details")),
    )


def _finding_dismissals() -> None:
    op.create_table(
        "finding_dismissals",
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("asked_at", types.Moment(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("reason", types.PlainText(), nullable=False),
        sa.Column("evidence", types.PlainText(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", types.Moment(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("refusal", types.PlainText(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_finding_dismissals_finding_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("finding", "cycle", "asked_at", name=op.f("pk_finding_dismissals")),
    )
    op.create_index("ix_finding_dismissals_state", "finding_dismissals", ["state", "expires_at"], unique=False)


def _finding_sightings() -> None:
    op.create_table(
        "finding_sightings",
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("files", types.Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["finding"], ["findings.id"], name=op.f("fk_finding_sightings_finding_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "finding", name=op.f("pk_finding_sightings")),
    )
    op.create_index("ix_finding_sightings_finding", "finding_sightings", ["finding", "present"], unique=False)
    op.create_index("ix_finding_sightings_source", "finding_sightings", ["service", "source", "present"], unique=False)
