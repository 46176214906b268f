"""Keys of Flagsmith.

**Why it matters.** A server-side key reads every feature and its rules.

**How it is found.** By its shape where "flagsmith" stands near it.

**How to repair it.** Revoke it at Flagsmith (Environment settings, Keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Flagsmith.
"""

PROVIDER = "Flagsmith"
TITLE = "Keys of Flagsmith"
REPAIR = (
    "revoke it at Flagsmith (Environment settings, Keys), look at what it was used for, and keep its successor"
    " in the vault"
)

RULES = (
    {
        "id": "flagsmith-key",
        "title": "A Flagsmith server-side key",
        "pattern": r"\b(?P<secret>ser\.[A-Za-z0-9]{22})\b",
        "keywords": ("ser.",),
        "near": ("flagsmith",),
        "min_entropy": 3.7,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FLAGSMITH_KEY=<secret>",
                r"ser\.[A-Za-z0-9]{22}",
            ),
        ),
        "quiet": (
            (
                "FLAGSMITH_KEY=<secret>",
                r"ser\.x{22}",
            ),
            (
                "checksum: <secret>",
                r"ser\.[A-Za-z0-9]{22}",
            ),
        ),
    },
)
