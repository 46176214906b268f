"""The tables of the ledger."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0001"
down_revision = None
_GROWING = ("ledger_events", "ledger_about", "ledger_leaves", "ledger_nodes", "ledger_heads")
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _ledger_about()
    _ledger_events()
    _ledger_heads()
    _ledger_leaves()
    _ledger_nodes()
    _ledger_pending()
    _only_grows()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("ledger_pending")
    op.drop_table("ledger_nodes")
    op.drop_table("ledger_leaves")
    op.drop_table("ledger_heads")
    op.drop_table("ledger_events")
    op.drop_table("ledger_about")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_only_grows()")


def _ledger_about() -> None:
    op.create_table(
        "ledger_about",
        sa.Column("identifier", types.PlainText(), nullable=False),
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("identifier", "entry", name=op.f("pk_ledger_about")),
    )
    op.create_index(op.f("ix_ledger_about_entry"), "ledger_about", ["entry"], unique=False)


def _ledger_events() -> None:
    op.create_table(
        "ledger_events",
        sa.Column(
            "entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=True), nullable=False
        ),
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("actor", types.PlainText(), nullable=False),
        sa.Column("actor_name", types.PlainText(), nullable=False),
        sa.Column("via", types.PlainText(), nullable=False),
        sa.Column("action", types.PlainText(), nullable=False),
        sa.Column("subject", types.PlainText(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_ledger_events")),
        sa.UniqueConstraint("id", name=op.f("uq_ledger_events_id")),
    )
    op.create_index("ix_ledger_events_action", "ledger_events", ["action", "entry"], unique=False)
    op.create_index("ix_ledger_events_actor", "ledger_events", ["actor", "entry"], unique=False)


def _ledger_heads() -> None:
    op.create_table(
        "ledger_heads",
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", types.Moment(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_heads")),
    )


def _ledger_leaves() -> None:
    op.create_table(
        "ledger_leaves",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_leaves")),
        sa.UniqueConstraint("entry", name=op.f("uq_ledger_leaves_entry")),
    )


def _ledger_nodes() -> None:
    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_ledger_nodes")),
    )


def _ledger_pending() -> None:
    op.create_table(
        "ledger_pending",
        sa.Column("entry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_ledger_pending")),
    )


def _only_grows() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for table in _GROWING:
            op.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows()"
            )
        return
    for table in _GROWING:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
            )
