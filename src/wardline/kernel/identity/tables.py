"""The tables of this room. No secret is stored: only SHA-256 of random ones."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table

from wardline.kernel.database.types import METADATA, Bytes, Document, Moment, PlainText

ACCOUNTS: Final = Table(
    "accounts",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("name_key", PlainText, nullable=False, index=True),  # sorted and searched by: databases fold case their way
    Column("email", PlainText),  # as written; compared in lower case
    Column("email_key", PlainText, index=True),
    Column("roles", Document, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("deactivated_at", Moment),
    Column("changed_at", Moment, nullable=False),
    Column("removed_at", Moment),  # its directory has deleted it: no name leads to it any more
    Column("user_name", PlainText),
    Column("user_name_key", PlainText, unique=True),
    Column("external_id", PlainText, index=True),
    Column("seen_at", Moment),
    Column("version", Integer, nullable=False, default=1),
    Column("details", Document, nullable=False, default=dict),  # what a directory sent and the platform does not use
)
SUBJECTS: Final = Table(  # how identity providers call an account
    "account_subjects",
    METADATA,
    Column("issuer", PlainText, primary_key=True),
    Column("subject", PlainText, primary_key=True),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("since", Moment, nullable=False),
)
MEMBERSHIPS: Final = Table(
    "memberships",
    METADATA,
    Column("account", ForeignKey("accounts.id"), primary_key=True),
    Column("team", PlainText, primary_key=True, index=True),
    Column("lead", Boolean, nullable=False),
    Column("since", Moment, nullable=False),
)
SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("hash", Bytes, nullable=False, unique=True),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("agent", PlainText, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
)
LINKS: Final = Table(  # one-time sign-in links
    "sign_in_links",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("hash", Bytes, nullable=False, unique=True),
    Column("account", ForeignKey("accounts.id")),  # None: the first administrator, made when it is used
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
FLOWS: Final = Table(  # sign-ins under way at the identity provider
    "sign_in_flows",
    METADATA,
    Column("hash", Bytes, primary_key=True),
    Column("return_to", PlainText, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)
TOKENS: Final = Table(
    "tokens",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("hash", Bytes, nullable=False),
    Column("account", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("name", PlainText, nullable=False),
    Column("permissions", Document, nullable=False),
    Column("services", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
)
BINDINGS: Final = Table(
    "bindings",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("issuer", PlainText, nullable=False, index=True),
    Column("service", PlainText, nullable=False),
    Column("claims", Document, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", PlainText, nullable=False),
)
