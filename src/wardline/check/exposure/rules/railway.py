"""Tokens of Railway.

**Why it matters.** A token deploys, and reads the environment of every service.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Railway (Account settings, Tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Railway.
"""

PROVIDER = "Railway"
TITLE = "Tokens of Railway"
REPAIR = (
    "revoke it at Railway (Account settings, Tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "railway-token",
        "title": "A Railway token",
        "pattern": (
            r'(?i:railway)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}'
            r'(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-'
            r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("railway",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "RAILWAY_TOKEN=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
            (
                '"railway_token": "<secret>"',
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "RAILWAY_TOKEN=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
