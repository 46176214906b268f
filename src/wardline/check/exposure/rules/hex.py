"""Keys of Hex.

**Why it matters.** A key publishes packages in your name.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Hex and Pub (the dashboard, Keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Hex and Pub.
"""

PROVIDER = "Hex and Pub"
TITLE = "Keys of Hex"
REPAIR = (
    "revoke it at Hex and Pub (the dashboard, Keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "hex-key",
        "title": "A Hex API key",
        "pattern": (
            r'(?:\b|_)(?i:hex)[_. -][A-Za-z0-9_ .-]{0,20}(?i:api_?key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32})\b'
        ),
        "keywords": ("hex",),
        "min_entropy": 2.9,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "HEX_API_KEY=<secret>",
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "HEX_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
)
