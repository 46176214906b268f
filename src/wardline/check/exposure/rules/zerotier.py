"""Tokens of ZeroTier.

**Why it matters.** A token lets machines into your network.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at ZeroTier (Central, Account, API access tokens), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of ZeroTier.
"""

PROVIDER = "ZeroTier"
TITLE = "Tokens of ZeroTier"
REPAIR = (
    "revoke it at ZeroTier (Central, Account, API access tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "zerotier-token",
        "title": "A ZeroTier token",
        "pattern": (
            r'(?i:zerotier|zt_central)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]'
            r'{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{32})\b'
        ),
        "keywords": (
            "zerotier",
            "zt_central",
        ),
        "min_entropy": 3.9,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "ZEROTIER_TOKEN=<secret>",
                "[A-Za-z0-9]{32}",
            ),
            (
                "ZT_CENTRAL_TOKEN=<secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "ZEROTIER_TOKEN=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
    },
)
