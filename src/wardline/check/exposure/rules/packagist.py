"""Tokens of Packagist.

**Why it matters.** A token publishes packages in your name.

**How it is found.** By its prefix `packagist_` and the length and letters of what follows.

**How to repair it.** Revoke it at Packagist (Profile, API token), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Packagist.
"""

PROVIDER = "Packagist"
TITLE = "Tokens of Packagist"
REPAIR = (
    "revoke it at Packagist (Profile, API token), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "packagist-token",
        "title": "A Packagist token",
        "pattern": r"\b(?P<secret>packagist_[ou][ra]t_[0-9a-f]{68})\b",
        "keywords": ("packagist_",),
        "min_entropy": 3.2,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "PACKAGIST_TOKEN=<secret>",
                "packagist_[ou][ra]t_[0-9a-f]{68}",
            ),
        ),
        "quiet": (
            (
                "PACKAGIST_TOKEN=<secret>",
                "packagist_00t_0{68}",
            ),
            (
                "checksum: x<secret>",
                "packagist_[ou][ra]t_[0-9a-f]{68}",
            ),
        ),
    },
)
