"""Keys of CockroachDB Cloud.

**Why it matters.** A key makes, reads and deletes clusters.

**How it is found.** By its prefix `CCDB1_` and the length and letters of what follows.

**How to repair it.** Revoke it at CockroachDB Cloud (Access management, Service accounts), look at what it was used
for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of CockroachDB Cloud.
"""

PROVIDER = "CockroachDB Cloud"
TITLE = "Keys of CockroachDB Cloud"
REPAIR = (
    "revoke it at CockroachDB Cloud (Access management, Service accounts), look at what it was used for, and "
    "keep its successor in the vault"
)

RULES = (
    {
        "id": "cockroachdb-key",
        "title": "A CockroachDB Cloud API key",
        "pattern": r"\b(?P<secret>CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40})\b",
        "keywords": ("ccdb1_",),
        "min_entropy": 4.6,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "COCKROACHDB_KEY=<secret>",
                "CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}",
            ),
        ),
        "quiet": (
            (
                "COCKROACHDB_KEY=<secret>",
                "CCDB1_x{22}_x{40}",
            ),
            (
                "checksum: x<secret>",
                "CCDB1_[A-Za-z0-9]{22}_[A-Za-z0-9]{40}",
            ),
        ),
    },
)
