"""Tokens of Loggly.

**Why it matters.** A token writes logs, or reads them.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Loggly (Logs, Source Setup, Customer tokens), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Loggly.
"""

PROVIDER = "Loggly"
TITLE = "Tokens of Loggly"
REPAIR = (
    "revoke it at Loggly (Logs, Source Setup, Customer tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "loggly-token",
        "title": "A Loggly token",
        "pattern": (
            r'(?i:loggly)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}('
            r'?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-'
            r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("loggly",),
        "min_entropy": 3.0,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "LOGGLY_TOKEN=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
            (
                '"loggly_token": "<secret>"',
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "LOGGLY_TOKEN=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
