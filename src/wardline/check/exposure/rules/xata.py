"""Keys of Xata.

**Why it matters.** A key reads and changes all databases.

**How it is found.** By its prefix `xau_` and the length and letters of what follows.

**How to repair it.** Revoke it at Xata (Account settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Xata.
"""

PROVIDER = "Xata"
TITLE = "Keys of Xata"
REPAIR = (
    "revoke it at Xata (Account settings, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "xata-key",
        "title": "A Xata API key",
        "pattern": r"\b(?P<secret>xau_[A-Za-z0-9]{32,44})\b",
        "keywords": ("xau_",),
        "min_entropy": 4.1,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "XATA_KEY=<secret>",
                "xau_[A-Za-z0-9]{34}",
            ),
        ),
        "quiet": (
            (
                "XATA_KEY=<secret>",
                "xau_x{34}",
            ),
            (
                "checksum: x<secret>",
                "xau_[A-Za-z0-9]{34}",
            ),
        ),
    },
)
