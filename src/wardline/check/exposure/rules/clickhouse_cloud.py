"""Keys of ClickHouse Cloud.

**Why it matters.** A secret makes, changes and deletes services.

**How it is found.** By its prefix `4b1d` and the length and letters of what follows.

**How to repair it.** Revoke it at ClickHouse Cloud (Organization, API keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of ClickHouse Cloud.
"""

PROVIDER = "ClickHouse Cloud"
TITLE = "Keys of ClickHouse Cloud"
REPAIR = (
    "revoke it at ClickHouse Cloud (Organization, API keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "clickhouse-cloud-secret",
        "title": "A ClickHouse Cloud API secret",
        "pattern": r"\b(?P<secret>4b1d[A-Za-z0-9]{38})\b",
        "keywords": ("4b1d",),
        "min_entropy": 3.6,
        "allow": ("[0-9a-f]{42}",),
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CLICKHOUSE_CLOUD_SECRET=<secret>",
                "4b1d[A-Za-z0-9]{38}",
            ),
        ),
        "quiet": (
            (
                "CLICKHOUSE_CLOUD_SECRET=<secret>",
                "4b1dx{38}",
            ),
            (
                "checksum: x<secret>",
                "4b1d[A-Za-z0-9]{38}",
            ),
        ),
    },
)
