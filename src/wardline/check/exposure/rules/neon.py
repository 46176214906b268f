"""Keys of Neon.

**Why it matters.** A key reads the passwords of all databases.

**How it is found.** By the prefixes `napi_`, `npg_` and the length and letters of what follows.

**How to repair it.** Revoke it at Neon (Account settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Neon.
"""

PROVIDER = "Neon"
TITLE = "Keys of Neon"
REPAIR = (
    "revoke it at Neon (Account settings, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "neon-key",
        "title": "A Neon API key",
        "pattern": r"\b(?P<secret>napi_[a-z0-9]{64})\b",
        "keywords": ("napi_",),
        "min_entropy": 4.2,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NEON_KEY=<secret>",
                "napi_[a-z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "NEON_KEY=<secret>",
                "napi_x{64}",
            ),
            (
                "checksum: x<secret>",
                "napi_[a-z0-9]{64}",
            ),
        ),
    },
    {
        "id": "neon-password",
        "title": "A password of a Neon role",
        "pattern": r"\b(?P<secret>npg_[A-Za-z0-9]{12,16})\b",
        "keywords": ("npg_",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "NEON_PASSWORD=<secret>",
                "npg_[A-Za-z0-9]{12}",
            ),
        ),
        "quiet": (
            (
                "NEON_PASSWORD=<secret>",
                "npg_x{12}",
            ),
            (
                "checksum: x<secret>",
                "npg_[A-Za-z0-9]{12}",
            ),
        ),
    },
)
