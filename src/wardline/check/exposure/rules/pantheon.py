"""Tokens of Pantheon.

**Why it matters.** A token deploys and reads databases.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Pantheon (Account, Machine tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Pantheon.
"""

PROVIDER = "Pantheon"
TITLE = "Tokens of Pantheon"
REPAIR = (
    "revoke it at Pantheon (Account, Machine tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "pantheon-token",
        "title": "A Pantheon machine token",
        "pattern": (
            r'(?i:pantheon|terminus)[A-Za-z0-9_ .-]{0,20}(?i:token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9_-]{56}|'
            r"[A-Za-z0-9_-]{47})(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": (
            "pantheon",
            "terminus",
        ),
        "min_entropy": 4.4,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "PANTHEON_TOKEN=<secret>",
                "[A-Za-z0-9_-]{47}",
            ),
            (
                '"pantheon_token": "<secret>"',
                "[A-Za-z0-9_-]{47}",
            ),
        ),
        "quiet": (
            (
                "PANTHEON_TOKEN=<secret>",
                "x{47}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{47}",
            ),
        ),
    },
)
