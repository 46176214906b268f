"""The server's tables about the vault: ciphertext, documents, and rows of work. Nothing in them opens anything."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, LargeBinary, Table, text

from wardline.kernel.database.types import METADATA, Bytes, Document, Moment, PlainText

_Number: Final = BigInteger().with_variant(Integer, "sqlite")

DOCUMENTS: Final = Table(
    "vault_documents",
    METADATA,
    Column("entry", _Number, Identity(always=True), primary_key=True),
    Column("digest", Bytes, nullable=False, unique=True),
    Column("kind", PlainText, nullable=False),
    Column("path", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("refers", Bytes, nullable=False),
    Column("at", Moment, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("event", PlainText, nullable=False, index=True),
    Index("ix_vault_documents_path", "kind", "path", "number"),
    Index("ix_vault_documents_name", "kind", "name", "entry"),
    Index("ix_vault_documents_refers", "refers", "kind"),
)
WRAPS: Final = Table(
    "vault_wraps",
    METADATA,
    Column("version", Bytes, primary_key=True),
    Column("key_id", Bytes, primary_key=True),
    Column("path", PlainText, nullable=False),
    Column("recipient", PlainText, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("ix_vault_wraps_key_id", "key_id", "path"),
)
ROTATIONS: Final = Table(
    "vault_rotations",
    METADATA,
    Column("path", PlainText, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", PlainText, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("step", PlainText, nullable=False),
    Column("begun", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment),
    Column("problem", PlainText, nullable=False),
    Column("superseded", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False),
)
# One unfinished rotation per secret: whoever begins a second one is refused by the database.
Index(
    "ux_vault_rotations_unfinished",
    ROTATIONS.c.path,
    unique=True,
    sqlite_where=text("step <> 'done'"),
    postgresql_where=text("step <> 'done'"),
)
ASKED: Final = Table(
    "vault_asked",
    METADATA,
    Column("path", PlainText, primary_key=True),
    Column("reason", PlainText, nullable=False),
    Column("by", PlainText, nullable=False),
    Column("at", Moment, nullable=False),
)
PROPOSALS: Final = Table(
    "vault_proposals",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("kind", PlainText, nullable=False),
    Column("path", PlainText, nullable=False),
    Column("digest", Bytes, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("asked_by", PlainText, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("signed_by", Document, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("state", PlainText, nullable=False),
    Index("ix_vault_proposals_state", "state", "id"),
)
CHALLENGES: Final = Table(
    "vault_challenges",
    METADATA,
    Column("nonce", Bytes, primary_key=True),
    Column("expires_at", Moment, nullable=False, index=True),
)
MACHINES: Final = Table(
    "vault_machines",
    METADATA,
    Column("token", Bytes, primary_key=True),  # its SHA-256
    Column("role", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("zone", PlainText, nullable=False),
    Column("signing", Bytes, nullable=False),
    Column("key_id", Bytes, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)
