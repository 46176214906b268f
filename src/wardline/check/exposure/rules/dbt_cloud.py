"""Tokens of dbt Cloud.

**Why it matters.** A token runs jobs against the warehouse.

**How it is found.** By its prefix `dbt` and the length and letters of what follows.

**How to repair it.** Revoke it at dbt Cloud (Account settings, Service or personal tokens), look at what it was used
for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of dbt Cloud.
"""

PROVIDER = "dbt Cloud"
TITLE = "Tokens of dbt Cloud"
REPAIR = (
    "revoke it at dbt Cloud (Account settings, Service or personal tokens), look at what it was used for, and "
    "keep its successor in the vault"
)

RULES = (
    {
        "id": "dbt-cloud-token",
        "title": "A dbt Cloud token",
        "pattern": r"\b(?P<secret>dbt[cu]_[A-Za-z0-9_-]{40,60})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "dbtc_",
            "dbtu_",
        ),
        "min_entropy": 3.8,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DBT_CLOUD_TOKEN=<secret>",
                "dbtc_[A-Za-z0-9_-]{46}",
            ),
        ),
        "quiet": (
            (
                "DBT_CLOUD_TOKEN=<secret>",
                "dbtc_x{46}",
            ),
            (
                "checksum: x<secret>",
                "dbtc_[A-Za-z0-9_-]{46}",
            ),
        ),
    },
)
