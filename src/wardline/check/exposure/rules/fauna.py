"""Keys of Fauna.

**Why it matters.** A key reads and changes a database.

**How it is found.** By its shape where "fauna" stands near it.

**How to repair it.** Revoke it at Fauna (Security, Keys), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Fauna.
"""

PROVIDER = "Fauna"
TITLE = "Keys of Fauna"
REPAIR = "revoke it at Fauna (Security, Keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "fauna-key",
        "title": "A Fauna key",
        "pattern": r"\b(?P<secret>fn[A-Z][A-Za-z0-9_-]{37})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("fn",),
        "near": ("fauna",),
        "min_entropy": 4.1,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FAUNA_SECRET=<secret>",
                "fn[A-Z][A-Za-z0-9_-]{37}",
            ),
        ),
        "quiet": (
            (
                "FAUNA_SECRET=<secret>",
                "fnXx{37}",
            ),
            (
                "checksum: <secret>",
                "fn[A-Z][A-Za-z0-9_-]{37}",
            ),
        ),
    },
)
