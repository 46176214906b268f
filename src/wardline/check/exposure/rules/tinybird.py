"""Tokens of Tinybird.

**Why it matters.** A token reads or appends to your data.

**How it is found.** By its prefix `p.eyJ` and the length and letters of what follows.

**How to repair it.** Revoke it at Tinybird (Tokens), look at what it was used for since it was written down, make a
new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Tinybird.
"""

PROVIDER = "Tinybird"
TITLE = "Tokens of Tinybird"
REPAIR = "revoke it at Tinybird (Tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "tinybird-token",
        "title": "A Tinybird token",
        "pattern": r"\b(?P<secret>p\.eyJ[A-Za-z0-9_-]{20,300}\.[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("p.eyj",),
        "min_entropy": 5.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "TINYBIRD_TOKEN=<secret>",
                r"p\.eyJ1Ijog[A-Za-z0-9]{60}\.[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "TINYBIRD_TOKEN=<secret>",
                r"p\.eyJ1Ijogx{60}\.x{43}",
            ),
            (
                "checksum: x<secret>",
                r"p\.eyJ1Ijog[A-Za-z0-9]{60}\.[A-Za-z0-9_-]{43}",
            ),
        ),
    },
)
