"""Tokens of Codacy.

**Why it matters.** A token reads the findings of your source and writes reports.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Codacy (Account or repository settings, API tokens), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Codacy.
"""

PROVIDER = "Codacy"
TITLE = "Tokens of Codacy"
REPAIR = (
    "revoke it at Codacy (Account or repository settings, API tokens), look at what it was used for, and keep "
    "its successor in the vault"
)

RULES = (
    {
        "id": "codacy-token",
        "title": "A Codacy token",
        "pattern": (
            r'(?i:codacy)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}('
            r'?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32}|[A-Za-z0-9]{20})\b'
        ),
        "keywords": ("codacy",),
        "min_entropy": 2.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            (
                "CODACY_TOKEN=<secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{20}",
            ),
            (
                '"codacy_token": "<secret>"',
                "[0-9a-f]{32}|[A-Za-z0-9]{20}",
            ),
        ),
        "quiet": (
            (
                "CODACY_TOKEN=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{20}",
            ),
        ),
    },
)
