"""Keys of Comet.

**Why it matters.** A key reads experiments and models.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Comet (Account settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Comet.
"""

PROVIDER = "Comet"
TITLE = "Keys of Comet"
REPAIR = (
    "revoke it at Comet (Account settings, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "comet-key",
        "title": "A Comet API key",
        "pattern": (
            r'(?i:comet)[A-Za-z0-9_ .-]{0,20}(?i:key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|'
            r'[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{25})\b'
        ),
        "keywords": ("comet",),
        "min_entropy": 3.5,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "COMET_API_KEY=<secret>",
                "[A-Za-z0-9]{25}",
            ),
            (
                '"comet_api_key": "<secret>"',
                "[A-Za-z0-9]{25}",
            ),
        ),
        "quiet": (
            (
                "COMET_API_KEY=<secret>",
                "x{25}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{25}",
            ),
        ),
    },
)
