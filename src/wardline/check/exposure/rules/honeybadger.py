"""Keys of Honeybadger.

**Why it matters.** A key reads errors with the values that were in them.

**How it is found.** By its prefix `hb` and the length and letters of what follows; what has no face of its own counts
only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Honeybadger (Project settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Honeybadger.
"""

PROVIDER = "Honeybadger"
TITLE = "Keys of Honeybadger"
REPAIR = (
    "revoke it at Honeybadger (Project settings, API keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "honeybadger-token",
        "title": "A Honeybadger token",
        "pattern": r"\b(?P<secret>hb[pu]_[A-Za-z0-9]{36})\b",
        "keywords": (
            "hbp_",
            "hbu_",
        ),
        "min_entropy": 4.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "HONEYBADGER_TOKEN=<secret>",
                "hb[pu]_[A-Za-z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "HONEYBADGER_TOKEN=<secret>",
                "hb0_x{36}",
            ),
            (
                "checksum: x<secret>",
                "hb[pu]_[A-Za-z0-9]{36}",
            ),
        ),
    },
    {
        "id": "honeybadger-key",
        "title": "A Honeybadger project key",
        "pattern": (
            r'(?i:honeybadger)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{8}|hbp_'
            r"[A-Za-z0-9]{36}|[A-Za-z0-9]{20})\b"
        ),
        "keywords": ("honeybadger",),
        "min_entropy": 3.3,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "fires": (
            (
                "HONEYBADGER_API_KEY=<secret>",
                "[A-Za-z0-9]{20}",
            ),
            (
                '"honeybadger_api_key": "<secret>"',
                "[A-Za-z0-9]{20}",
            ),
        ),
        "quiet": (
            (
                "HONEYBADGER_API_KEY=<secret>",
                "x{20}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{20}",
            ),
        ),
    },
)
