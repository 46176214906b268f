"""Tokens of UpCloud.

**Why it matters.** A token makes and deletes machines.

**How it is found.** By its prefix `ucat_` and the length and letters of what follows.

**How to repair it.** Revoke it at UpCloud (Account, API tokens), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of UpCloud.
"""

PROVIDER = "UpCloud"
TITLE = "Tokens of UpCloud"
REPAIR = "revoke it at UpCloud (Account, API tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "upcloud-token",
        "title": "An UpCloud API token",
        "pattern": r"\b(?P<secret>ucat_[A-Z0-9]{26})\b",
        "keywords": ("ucat_",),
        "min_entropy": 3.7,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "UPCLOUD_TOKEN=<secret>",
                "ucat_[A-Z0-9]{26}",
            ),
        ),
        "quiet": (
            (
                "UPCLOUD_TOKEN=<secret>",
                "ucat_X{26}",
            ),
            (
                "checksum: x<secret>",
                "ucat_[A-Z0-9]{26}",
            ),
        ),
    },
)
