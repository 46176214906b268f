"""The tables of the vault's server."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

_UNFINISHED = sa.text("step <> 'done'")


def upgrade() -> None:
    """Make them."""
    _vault_asked()
    _vault_challenges()
    _vault_documents()
    _vault_machines()
    _vault_proposals()
    _vault_rotations()
    _vault_wraps()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("vault_wraps")
    op.drop_table("vault_rotations")
    op.drop_table("vault_proposals")
    op.drop_table("vault_machines")
    op.drop_table("vault_documents")
    op.drop_table("vault_challenges")
    op.drop_table("vault_asked")


def _vault_asked() -> None:
    op.create_table(
        "vault_asked",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_vault_asked")),
    )


def _vault_challenges() -> None:
    op.create_table(
        "vault_challenges",
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_vault_challenges")),
    )
    op.create_index(op.f("ix_vault_challenges_expires_at"), "vault_challenges", ["expires_at"], unique=False)


def _vault_documents() -> None:
    op.create_table(
        "vault_documents",
        sa.Column(
            "entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=True), nullable=False
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("refers", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_vault_documents")),
        sa.UniqueConstraint("digest", name=op.f("uq_vault_documents_digest")),
    )
    op.create_index(op.f("ix_vault_documents_event"), "vault_documents", ["event"], unique=False)
    op.create_index("ix_vault_documents_name", "vault_documents", ["kind", "name", "entry"], unique=False)
    op.create_index("ix_vault_documents_path", "vault_documents", ["kind", "path", "number"], unique=False)
    op.create_index("ix_vault_documents_refers", "vault_documents", ["refers", "kind"], unique=False)


def _vault_machines() -> None:
    op.create_table(
        "vault_machines",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("signing", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_vault_machines")),
    )
    op.create_index(op.f("ix_vault_machines_expires_at"), "vault_machines", ["expires_at"], unique=False)


def _vault_proposals() -> None:
    op.create_table(
        "vault_proposals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", types.Moment(), nullable=False),
        sa.Column("signed_by", types.Document, nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_proposals")),
    )
    op.create_index("ix_vault_proposals_state", "vault_proposals", ["state", "id"], unique=False)


def _vault_rotations() -> None:
    op.create_table(
        "vault_rotations",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("begun", types.Moment(), nullable=False),
        sa.Column("since", types.Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", types.Moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("path", "number", name=op.f("pk_vault_rotations")),
    )
    op.create_index(
        "ux_vault_rotations_unfinished",
        "vault_rotations",
        ["path"],
        unique=True,
        sqlite_where=sa.text("step <> 'done'"),
        postgresql_where=sa.text("step <> 'done'"),
    )


def _vault_wraps() -> None:
    op.create_table(
        "vault_wraps",
        sa.Column("version", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", "key_id", name=op.f("pk_vault_wraps")),
    )
    op.create_index("ix_vault_wraps_key_id", "vault_wraps", ["key_id", "path"], unique=False)
