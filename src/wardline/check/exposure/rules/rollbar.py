"""Tokens of Rollbar.

**Why it matters.** A token reads errors with the values that were in them.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Rollbar (Project settings, Access tokens), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Rollbar.
"""

PROVIDER = "Rollbar"
TITLE = "Tokens of Rollbar"
REPAIR = (
    "revoke it at Rollbar (Project settings, Access tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "rollbar-token",
        "title": "A Rollbar token",
        "pattern": (
            r'(?i:rollbar)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}'
            r'(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32})\b'
        ),
        "keywords": ("rollbar",),
        "min_entropy": 2.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "ROLLBAR_TOKEN=<secret>",
                "[0-9a-f]{32}",
            ),
            (
                '"rollbar_token": "<secret>"',
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "ROLLBAR_TOKEN=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
)
