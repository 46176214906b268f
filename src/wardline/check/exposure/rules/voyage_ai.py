"""Keys of Voyage AI.

**Why it matters.** A key spends your money.

**How it is found.** By its shape where "voyage" stands near it.

**How to repair it.** Revoke it at Voyage AI (API keys), look at what it was used for since it was written down, make
a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Voyage AI.
"""

PROVIDER = "Voyage AI"
TITLE = "Keys of Voyage AI"
REPAIR = "revoke it at Voyage AI (API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "voyage-key",
        "title": "A Voyage AI API key",
        "pattern": r"\b(?P<secret>pa-[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("pa-",),
        "near": ("voyage",),
        "min_entropy": 4.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "VOYAGE_API_KEY=<secret>",
                "pa-[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "VOYAGE_API_KEY=<secret>",
                "pa-x{43}",
            ),
            (
                "checksum: <secret>",
                "pa-[A-Za-z0-9_-]{43}",
            ),
        ),
    },
)
