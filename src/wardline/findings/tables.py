"""The tables of findings. A list reads only narrow rows: what a report said in full stands beside, one row each.

Lists are read in the order of an index whose last part is the id, so that the next page begins where the last ended.
Times that measures add up stand in `finding_cycles` as whole seconds since 1970: both databases count alike with them.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    text,
)  # fmt: skip

from wardline.kernel.database.types import METADATA, Document, Moment, PlainText

_NARROWING: Final = (
    "service", "practice", "team", "severity", "state", "exploited", "waived_until",
)  # fmt: skip

_WAIVED: Final = text("waived_until IS NOT NULL")

FINDINGS: Final = Table(
    "findings",
    METADATA,
    Column("id", String, primary_key=True),
    Column("service", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("practice", String, nullable=False),
    Column("rule", PlainText, nullable=False),
    Column("title", PlainText, nullable=False),
    Column("severity", String, nullable=False),
    Column("urgency", SmallInteger, nullable=False),  # 0 critical … 4 info: the order of severities
    Column("confidence", String, nullable=False),
    Column("place", PlainText, nullable=False),
    Column("subject", BigInteger, nullable=False),  # texts in `finding_words`
    Column("spot", BigInteger, nullable=False),
    Column("file", PlainText),
    Column("source", String, nullable=False),  # whose words `finding_details` holds
    Column("flags", SmallInteger, nullable=False),  # what else its clock depends on: `clocks.packed`
    Column("said", String, nullable=False),  # a digest of them
    Column("team", String, nullable=False),
    Column("owner", String),
    Column("state", String, nullable=False),
    Column("open", Boolean(create_constraint=False), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("first_detected_at", Moment, nullable=False),
    Column("detected_at", Moment, nullable=False),
    Column("window_seconds", BigInteger, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("acknowledge_by", Moment, nullable=False),
    Column("acknowledged_at", Moment),
    Column("fixed_at", Moment),
    Column("verified_at", Moment),
    Column("last_seen_at", Moment, nullable=False),
    Column("escalation", SmallInteger, nullable=False),
    Column("exploited", Boolean(create_constraint=False), nullable=False),
    Column("waived_until", Moment),
    UniqueConstraint("service", "fingerprint"),
    # The order of each list, then what lists are narrowed by: rows that are left out are never read.
    Index("ix_findings_due", "open", "due_at", "id", *_NARROWING, "urgency"),
    Index("ix_findings_urgency", "open", "urgency", "due_at", "id", *_NARROWING),
    Index("ix_findings_detected", "open", "detected_at", "id", *_NARROWING, "due_at"),
    Index("ix_findings_team", "team", "open", "due_at", "id", "waived_until"),
    Index("ix_findings_owner", "owner", "open", "due_at", "id"),
    Index("ix_findings_service", "service", "open", "due_at", "id"),
    # What a search finds is counted from these alone; all other counts are kept (`tally_tables`).
    Index("ix_findings_texts", "open", "subject", "spot"),
    Index("ix_findings_waived", "waived_until", "open", sqlite_where=_WAIVED, postgresql_where=_WAIVED),
    Index("ix_findings_subject", "subject"),
    Index("ix_findings_spot", "spot"),
    Index("ix_findings_state", "state", "service", "id"),
)

DETAILS: Final = Table(
    "finding_details",
    METADATA,
    Column("finding", String, ForeignKey(FINDINGS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("attributes", Document, nullable=False),  # as `report.finding_to_dict` writes it
    Column("clock", Document, nullable=False),  # sentences
)

CYCLES: Final = Table(
    "finding_cycles",
    METADATA,
    Column("finding", String, ForeignKey(FINDINGS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("service", String, nullable=False),
    Column("team", String, nullable=False),
    Column("practice", String, nullable=False),
    Column("urgency", SmallInteger, nullable=False),
    Column("detected", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("ended_as", String),  # "fixed", "dismissed"
    Column("verified", BigInteger),
    Column("waived", Boolean(create_constraint=False), nullable=False),  # it ever was, in this cycle
    Index("ix_finding_cycles_service", "service", "ended"),
    Index("ix_finding_cycles_verified", "verified", "service", "ended", "ended_as", "team", "practice", "urgency"),
    # What is measured is read from this alone, group by group: what is open, and what ended from a time on.
    Index("ix_finding_cycles_group", "team", "practice", "urgency", "ended", "detected", "ended_as", "due", "verified",
          "waived", "number", "service"),
)  # fmt: skip

SIGHTINGS: Final = Table(  # which source reports a finding, and in which report it last did
    "finding_sightings",
    METADATA,
    Column("service", String, nullable=False),
    Column("source", String, primary_key=True),
    Column("finding", String, ForeignKey(FINDINGS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("name", String, nullable=False),  # the fingerprint that this source has for it
    Column("present", Boolean(create_constraint=False), nullable=False),
    Column("report", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("files", Document, nullable=False),  # every file that it was reported in, where there are several
    Index("ix_finding_sightings_source", "service", "source", "present"),
    Index("ix_finding_sightings_finding", "finding", "present"),
)

ALIASES: Final = Table(  # what a finding was called before it moved: another source may not know yet
    "finding_aliases",
    METADATA,
    Column("service", String, primary_key=True),
    Column("fingerprint", String, primary_key=True),
    Column("finding", String, ForeignKey(FINDINGS.c.id, ondelete="CASCADE"), nullable=False),
    Index("ix_finding_aliases_finding", "finding"),
)

# For search: the words of texts, as `words.py` cuts them. A text is what findings are about (title, rule, package,
# advisories) or where they are; many findings share one, so it is kept once, under a number made of it.
WORDS: Final = Table(
    "finding_words",
    METADATA,
    Column("word", String, primary_key=True),
    Column("text", BigInteger, primary_key=True, autoincrement=False),
    Index("ix_finding_words_text", "text", "word"),
    sqlite_with_rowid=False,
)

REPORTS: Final = Table(
    "reports",
    METADATA,
    Column("id", String, primary_key=True),
    Column("service", String, nullable=False),
    Column("source", String, nullable=False),
    Column("name", String, nullable=False),  # what makes the same upload the same
    Column("commit_id", String),
    Column("branch", PlainText),  # None: the default branch
    Column("at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("sender", String, nullable=False),
    Column("sender_name", PlainText, nullable=False),
    Column("state", String, nullable=False),  # "receiving", "complete"
    Column("stale", Boolean(create_constraint=False), nullable=False),
    Column("complete", Document, nullable=False),  # practices that were examined whole
    Column("gaps", Document, nullable=False),
    Column("counts", Document, nullable=False),
    UniqueConstraint("service", "name"),
    Index("ix_reports_service", "service", "received_at", "id"),
    Index("ix_reports_latest", "service", "source", "state", "at"),
    Index("ix_reports_commit", "service", "commit_id"),
)

INTAKE: Final = Table(  # one row a service: which report is being received, and what its clocks were last set by
    "finding_intake",
    METADATA,
    Column("service", String, primary_key=True),
    Column("report", String),
    Column("until", Moment),
    Column("fence", BigInteger, nullable=False),
    Column("team", String, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("exposed", Boolean(create_constraint=False), nullable=False),
    Column("policy", String, nullable=False),
    Column("deployed", Boolean(create_constraint=False), nullable=False),  # something of it runs somewhere
)

DISMISSALS: Final = Table(
    "finding_dismissals",
    METADATA,
    Column("finding", String, ForeignKey(FINDINGS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("cycle", Integer, primary_key=True),
    Column("asked_at", Moment, primary_key=True),
    Column("asked_by", String, nullable=False),
    Column("reason", PlainText, nullable=False),
    Column("evidence", PlainText, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_by", String),
    Column("decided_at", Moment),
    Column("state", String, nullable=False),  # "asked", "approved", "refused", "lapsed", "moot"
    Column("refusal", PlainText, nullable=False),
    Index("ix_finding_dismissals_state", "state", "expires_at"),
)

POLICIES: Final = Table(
    "policies",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("at", Moment, nullable=False),
    Column("author", String, nullable=False),
    Column("author_name", PlainText, nullable=False),
)
