"""Keys of Together AI.

**Why it matters.** A key spends your money, and reads files that were uploaded.

**How it is found.** By its prefix `tgp_v1_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Together AI (Settings, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Together AI.
"""

PROVIDER = "Together AI"
TITLE = "Keys of Together AI"
REPAIR = (
    "revoke it at Together AI (Settings, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "together-key",
        "title": "A Together AI API key",
        "pattern": r"\b(?P<secret>tgp_v1_[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("tgp_v1_",),
        "min_entropy": 4.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "TOGETHER_KEY=<secret>",
                "tgp_v1_[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "TOGETHER_KEY=<secret>",
                "tgp_v1_x{43}",
            ),
            (
                "checksum: x<secret>",
                "tgp_v1_[A-Za-z0-9_-]{43}",
            ),
        ),
    },
    {
        "id": "together-legacy-key",
        "title": "A Together AI API key of the older kind",
        "pattern": (
            r'(?i:together)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{64})\b'
        ),
        "keywords": ("together",),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "TOGETHER_API_KEY=<secret>",
                "[0-9a-f]{64}",
            ),
            (
                '"together_api_key": "<secret>"',
                "[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "TOGETHER_API_KEY=<secret>",
                "0{64}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{64}",
            ),
        ),
    },
)
