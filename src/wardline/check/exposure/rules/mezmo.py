"""Keys of Mezmo (LogDNA).

**Why it matters.** An ingestion key writes logs; a service key reads them.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Mezmo (Settings, Organization, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Mezmo.
"""

PROVIDER = "Mezmo"
TITLE = "Keys of Mezmo (LogDNA)"
REPAIR = (
    "revoke it at Mezmo (Settings, Organization, API keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "mezmo-key",
        "title": "A Mezmo (LogDNA) key",
        "pattern": (
            r'(?i:logdna|mezmo)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32}|(?:sts|iaa)'
            r"_[A-Za-z0-9]{32})\b"
        ),
        "keywords": (
            "logdna",
            "mezmo",
        ),
        "min_entropy": 2.8,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "LOGDNA_API_KEY=<secret>",
                "[0-9a-f]{32}",
            ),
            (
                '"logdna_api_key": "<secret>"',
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "LOGDNA_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
)
