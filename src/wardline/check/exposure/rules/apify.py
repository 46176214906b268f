"""Tokens of Apify.

**Why it matters.** A token runs your actors and reads what they collected.

**How it is found.** By its prefix `apify_api_` and the length and letters of what follows.

**How to repair it.** Revoke it at Apify (Settings, API & Integrations), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Apify.
"""

PROVIDER = "Apify"
TITLE = "Tokens of Apify"
REPAIR = (
    "revoke it at Apify (Settings, API & Integrations), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "apify-token",
        "title": "An Apify token",
        "pattern": r"\b(?P<secret>apify_api_[A-Za-z0-9]{36})\b",
        "keywords": ("apify_api_",),
        "min_entropy": 4.2,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "APIFY_TOKEN=<secret>",
                "apify_api_[A-Za-z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "APIFY_TOKEN=<secret>",
                "apify_api_x{36}",
            ),
            (
                "checksum: x<secret>",
                "apify_api_[A-Za-z0-9]{36}",
            ),
        ),
    },
)
