"""Tokens of Coveralls.

**Why it matters.** A token uploads reports in your name.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Coveralls (the repository's page), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of
Coveralls.
"""

PROVIDER = "Coveralls"
TITLE = "Tokens of Coveralls"
REPAIR = (
    "revoke it at Coveralls (the repository's page), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "coveralls-token",
        "title": "A Coveralls repository token",
        "pattern": (
            r'(?i:coveralls)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{33}|[A-Za-z0-9]{37})\b'
        ),
        "keywords": ("coveralls",),
        "min_entropy": 3.9,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "COVERALLS_TOKEN=<secret>",
                "[A-Za-z0-9]{33}|[A-Za-z0-9]{37}",
            ),
            (
                '"coveralls_token": "<secret>"',
                "[A-Za-z0-9]{33}|[A-Za-z0-9]{37}",
            ),
        ),
        "quiet": (
            (
                "COVERALLS_TOKEN=<secret>",
                "x{33}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{33}|[A-Za-z0-9]{37}",
            ),
        ),
    },
)
