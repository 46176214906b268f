"""Access keys of Volcengine.

**Why it matters.** A key acts as its user: machines, storage, models.

**How it is found.** By its prefix `AKLT` and the length and letters of what follows.

**How to repair it.** Revoke it at Volcengine (IAM console, Access keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Volcengine.
"""

PROVIDER = "Volcengine"
TITLE = "Access keys of Volcengine"
REPAIR = (
    "revoke it at Volcengine (IAM console, Access keys), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "volcengine-access-key-id",
        "title": "A Volcengine access key ID",
        "pattern": r"\b(?P<secret>AKLT[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("aklt",),
        "min_entropy": 3.8,
        "severity": "medium",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "VOLCENGINE_ACCESS_KEY_ID=<secret>",
                "AKLT[A-Za-z0-9]{43}",
            ),
        ),
        "quiet": (
            (
                "VOLCENGINE_ACCESS_KEY_ID=<secret>",
                "AKLTx{43}",
            ),
            (
                "checksum: x<secret>",
                "AKLT[A-Za-z0-9]{43}",
            ),
        ),
    },
)
