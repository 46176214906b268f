"""Tokens of Quay.

**Why it matters.** A robot pulls or pushes images.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Quay (Account settings, Robot accounts), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Quay.
"""

PROVIDER = "Quay"
TITLE = "Tokens of Quay"
REPAIR = (
    "revoke it at Quay (Account settings, Robot accounts), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "quay-robot-token",
        "title": "A Quay robot token",
        "pattern": (
            r'(?i:quay)[A-Za-z0-9_ .-]{0,20}(?i:token|password|robot|key)[A-Za-z0-9_]{0,8}["\x27\]]'
            r'{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Z0-9]{64})\b'
        ),
        "keywords": ("quay",),
        "min_entropy": 4.1,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "QUAY_TOKEN=<secret>",
                "[A-Z0-9]{64}",
            ),
            (
                '"quay_token": "<secret>"',
                "[A-Z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "QUAY_TOKEN=<secret>",
                "X{64}",
            ),
            (
                "checksum: <secret>",
                "[A-Z0-9]{64}",
            ),
        ),
    },
)
