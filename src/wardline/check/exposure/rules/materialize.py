"""Passwords of Materialize.

**Why it matters.** A password reads and changes the database.

**How it is found.** By its prefix `mzp_` and the length and letters of what follows.

**How to repair it.** Revoke it at Materialize (App passwords), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Materialize.
"""

PROVIDER = "Materialize"
TITLE = "Passwords of Materialize"
REPAIR = "revoke it at Materialize (App passwords), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "materialize-password",
        "title": "A Materialize app password",
        "pattern": r"\b(?P<secret>mzp_[0-9a-f]{64})\b",
        "keywords": ("mzp_",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "MATERIALIZE_PASSWORD=<secret>",
                "mzp_[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "MATERIALIZE_PASSWORD=<secret>",
                "mzp_0{64}",
            ),
            (
                "checksum: x<secret>",
                "mzp_[0-9a-f]{64}",
            ),
        ),
    },
)
