"""Tokens of Fastly.

**Why it matters.** A token purges, and changes what your visitors get.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Fastly (Account, Personal tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Fastly.
"""

PROVIDER = "Fastly"
TITLE = "Tokens of Fastly"
REPAIR = (
    "revoke it at Fastly (Account, Personal tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "fastly-token",
        "title": "A Fastly token",
        "pattern": (
            r'(?i:fastly)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}('
            r'?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9_-]{32})(?:[^A-Za-z0-9_\n-]|$)'
        ),
        "keywords": ("fastly",),
        "min_entropy": 3.9,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "FASTLY_API_KEY=<secret>",
                "[A-Za-z0-9_-]{32}",
            ),
            (
                '"fastly_api_key": "<secret>"',
                "[A-Za-z0-9_-]{32}",
            ),
        ),
        "quiet": (
            (
                "FASTLY_API_KEY=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{32}",
            ),
        ),
    },
)
