"""Tokens of Notion.

**Why it matters.** A token reads and changes every page that was shared with the integration.

**How it is found.** By the prefixes `ntn_`, `secret_` and the length and letters of what follows.

**How to repair it.** Revoke it at Notion (Settings, Connections, Develop or manage integrations), look at what it was
used for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Notion.
"""

PROVIDER = "Notion"
TITLE = "Tokens of Notion"
REPAIR = (
    "revoke it at Notion (Settings, Connections, Develop or manage integrations), look at what it was used "
    "for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "notion-token",
        "title": "A Notion integration token",
        "pattern": r"\b(?P<secret>ntn_[0-9]{11}[A-Za-z0-9]{35})\b",
        "keywords": ("ntn_",),
        "min_entropy": 4.2,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NOTION_TOKEN=<secret>",
                "ntn_[0-9]{11}[A-Za-z0-9]{35}",
            ),
        ),
        "quiet": (
            (
                "NOTION_TOKEN=<secret>",
                "ntn_0{11}x{35}",
            ),
            (
                "checksum: x<secret>",
                "ntn_[0-9]{11}[A-Za-z0-9]{35}",
            ),
        ),
    },
    {
        "id": "notion-legacy-token",
        "title": "A Notion integration token of the older kind",
        "pattern": r"\b(?P<secret>secret_[A-Za-z0-9]{43})\b",
        "keywords": ("secret_",),
        "min_entropy": 4.2,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NOTION_LEGACY_TOKEN=<secret>",
                "secret_[A-Za-z0-9]{43}",
            ),
        ),
        "quiet": (
            (
                "NOTION_LEGACY_TOKEN=<secret>",
                "secret_x{43}",
            ),
            (
                "checksum: x<secret>",
                "secret_[A-Za-z0-9]{43}",
            ),
        ),
    },
)
