"""The tables of the identity."""

import sqlalchemy as sa
from alembic import op

from wardline.kernel.database import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    _accounts()
    _bindings()
    _sign_in_flows()
    _account_subjects()
    _memberships()
    _sessions()
    _sign_in_links()
    _tokens()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("tokens")
    op.drop_table("sign_in_links")
    op.drop_table("sessions")
    op.drop_table("memberships")
    op.drop_table("account_subjects")
    op.drop_table("sign_in_flows")
    op.drop_table("bindings")
    op.drop_table("accounts")


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", types.PlainText(), nullable=False),
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


def _bindings() -> None:
    op.create_table(
        "bindings",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("issuer", types.PlainText(), nullable=False),
        sa.Column("service", types.PlainText(), nullable=False),
        sa.Column("claims", types.Document, nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("created_by", types.PlainText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bindings")),
    )
    op.create_index(op.f("ix_bindings_issuer"), "bindings", ["issuer"], unique=False)


def _sign_in_flows() -> None:
    op.create_table(
        "sign_in_flows",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("return_to", types.PlainText(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_in_flows")),
    )
    op.create_index(op.f("ix_sign_in_flows_expires_at"), "sign_in_flows", ["expires_at"], unique=False)


def _account_subjects() -> None:
    op.create_table(
        "account_subjects",
        sa.Column("issuer", types.PlainText(), nullable=False),
        sa.Column("subject", types.PlainText(), nullable=False),
        sa.Column("account", types.PlainText(), nullable=False),
        sa.Column("since", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_account_subjects_account_accounts")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_account_subjects")),
    )
    op.create_index(op.f("ix_account_subjects_account"), "account_subjects", ["account"], unique=False)


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("account", types.PlainText(), nullable=False),
        sa.Column("team", types.PlainText(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("since", types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_memberships_account_accounts")),
        sa.PrimaryKeyConstraint("account", "team", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_team"), "memberships", ["team"], unique=False)


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", types.PlainText(), nullable=False),
        sa.Column("agent", types.PlainText(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("last_used_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("ended_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_sessions_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("hash", name=op.f("uq_sessions_hash")),
    )
    op.create_index(op.f("ix_sessions_account"), "sessions", ["account"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)


def _sign_in_links() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", types.PlainText(), nullable=True),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("used_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_sign_in_links_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("hash", name=op.f("uq_sign_in_links_hash")),
    )


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", types.PlainText(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", types.PlainText(), nullable=False),
        sa.Column("name", types.PlainText(), nullable=False),
        sa.Column("permissions", types.Document, nullable=False),
        sa.Column("services", types.Document, nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=False),
        sa.Column("last_used_at", types.Moment(), nullable=True),
        sa.Column("revoked_at", types.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_tokens_account_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_account"), "tokens", ["account"], unique=False)
