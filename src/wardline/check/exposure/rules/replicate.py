"""Tokens of Replicate.

**Why it matters.** A token runs models at your cost, and reads what they made.

**How it is found.** By its prefix `r8_` and the length and letters of what follows.

**How to repair it.** Revoke it at Replicate (Account settings, API tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Replicate.
"""

PROVIDER = "Replicate"
TITLE = "Tokens of Replicate"
REPAIR = (
    "revoke it at Replicate (Account settings, API tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "replicate-token",
        "title": "A Replicate API token",
        "pattern": r"\b(?P<secret>r8_[A-Za-z0-9]{37})\b",
        "keywords": ("r8_",),
        "min_entropy": 3.8,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "REPLICATE_TOKEN=<secret>",
                "r8_[A-Za-z0-9]{37}",
            ),
        ),
        "quiet": (
            (
                "REPLICATE_TOKEN=<secret>",
                "r8_x{37}",
            ),
            (
                "checksum: x<secret>",
                "r8_[A-Za-z0-9]{37}",
            ),
        ),
    },
)
