"""Tokens of Sourcegraph.

**Why it matters.** A token searches and reads all source that its owner may read.

**How it is found.** By the prefixes `sgp_`, `slk_` and the length and letters of what follows.

**How to repair it.** Revoke it at Sourcegraph (Settings, Access tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Sourcegraph.
"""

PROVIDER = "Sourcegraph"
TITLE = "Tokens of Sourcegraph"
REPAIR = (
    "revoke it at Sourcegraph (Settings, Access tokens), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "sourcegraph-token",
        "title": "A Sourcegraph access token",
        "pattern": r"\b(?P<secret>sgp_(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40})\b",
        "keywords": ("sgp_",),
        "min_entropy": 3.4,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SOURCEGRAPH_TOKEN=<secret>",
                "sgp_(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "SOURCEGRAPH_TOKEN=<secret>",
                "sgp_(?:(?:0{16}|local)_)?0{40}",
            ),
            (
                "checksum: x<secret>",
                "sgp_(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40}",
            ),
        ),
    },
    {
        "id": "sourcegraph-license",
        "title": "A Sourcegraph license key",
        "pattern": r"\b(?P<secret>slk_[0-9a-f]{64})\b",
        "keywords": ("slk_",),
        "min_entropy": 3.4,
        "severity": "medium",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SOURCEGRAPH_LICENSE=<secret>",
                "slk_[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "SOURCEGRAPH_LICENSE=<secret>",
                "slk_0{64}",
            ),
            (
                "checksum: x<secret>",
                "slk_[0-9a-f]{64}",
            ),
        ),
    },
)
