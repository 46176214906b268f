"""The tables of waivers. `live` is a hint for looking things up; whether a waiver counts `model.effective` says."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, SmallInteger, String, Table

from wardline.kernel.database.types import METADATA, Document, Moment, PlainText

WAIVERS: Final = Table(
    "waivers",
    METADATA,
    Column("id", String, primary_key=True),
    Column("service", String, nullable=False),
    Column("team", String, nullable=False),
    Column("fingerprint", String),
    Column("rule", PlainText),
    Column("path_prefix", PlainText),
    Column("severity", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("justification", PlainText, nullable=False),
    Column("control_text", PlainText, nullable=False),
    Column("control_check", PlainText),
    Column("attested_by", String),
    Column("requester", String, nullable=False),
    Column("requester_name", PlainText, nullable=False),
    Column("owners", Document, nullable=False),
    Column("involved", Document, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("decide_by", Moment, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("asked_until", Moment, nullable=False),
    Column("needed_approvals", SmallInteger, nullable=False),
    Column("granted_by_clock", Boolean(create_constraint=False), nullable=False),
    Column("refused_at", Moment),
    Column("refused_by", String),
    Column("refusal", PlainText, nullable=False),
    Column("revoked_at", Moment),
    Column("lapsed_at", Moment),
    Column("withdrawn_at", Moment),
    Column("ended_by", String),
    Column("ending", PlainText, nullable=False),
    Column("renewals", SmallInteger, nullable=False),
    Column("renews", String, ForeignKey("waivers.id")),
    Column("source", String, nullable=False),
    Column("file", PlainText),
    Column("digest", String),  # of what the file asked for
    Column("details", Document, nullable=False),
    Column("live", Boolean(create_constraint=False), nullable=False),  # not known to have ended
    Column("noted_effective_at", Moment),  # when the ledger was told that it counts
    Column("late_steps", Integer, nullable=False),  # how often security was reminded that it is late
    Column("noted_ahead", SmallInteger, nullable=False),  # the last word ahead of its end: so many days before it
    Index("ix_waivers_live", "live", "id"),
    Index("ix_waivers_service", "service", "live"),
    Index("ix_waivers_team", "team", "id"),
    Index("ix_waivers_renews", "renews"),
)

APPROVALS: Final = Table(
    "waiver_approvals",
    METADATA,
    Column("waiver", String, ForeignKey("waivers.id", ondelete="CASCADE"), primary_key=True),
    Column("account", String, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("at", Moment, nullable=False),
)

PINS: Final = Table(
    "waiver_findings",
    METADATA,
    Column("waiver", String, ForeignKey("waivers.id", ondelete="CASCADE"), primary_key=True),
    Column("finding", String, primary_key=True),
    Column("cycle", Integer, nullable=False),
    Column("severity", String, nullable=False),
    Column("released", PlainText, nullable=False),
    Index("ix_waiver_findings_finding", "finding", "waiver"),
)
