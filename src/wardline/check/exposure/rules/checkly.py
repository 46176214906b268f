"""Keys of Checkly.

**Why it matters.** A key changes checks, and reads the secrets that they use.

**How it is found.** By its prefix `cu_` and the length and letters of what follows.

**How to repair it.** Revoke it at Checkly (User settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Checkly.
"""

PROVIDER = "Checkly"
TITLE = "Keys of Checkly"
REPAIR = (
    "revoke it at Checkly (User settings, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "checkly-key",
        "title": "A Checkly API key",
        "pattern": r"\b(?P<secret>cu_[0-9a-f]{32})\b",
        "keywords": ("cu_",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CHECKLY_KEY=<secret>",
                "cu_[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "CHECKLY_KEY=<secret>",
                "cu_0{32}",
            ),
            (
                "checksum: x<secret>",
                "cu_[0-9a-f]{32}",
            ),
        ),
    },
)
