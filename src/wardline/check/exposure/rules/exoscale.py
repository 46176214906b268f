"""Keys of Exoscale.

**Why it matters.** A key makes and deletes machines.

**How it is found.** By its prefix `EXO` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Exoscale (IAM, API keys), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Exoscale.
"""

PROVIDER = "Exoscale"
TITLE = "Keys of Exoscale"
REPAIR = "revoke it at Exoscale (IAM, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "exoscale-secret",
        "title": "An Exoscale API secret",
        "pattern": (
            r'(?i:exoscale)[A-Za-z0-9_ .-]{0,20}(?i:secret|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9_-]{43})(?:'
            r"[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("exoscale",),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "EXOSCALE_SECRET=<secret>",
                "[A-Za-z0-9_-]{43}",
            ),
            (
                '"exoscale_secret": "<secret>"',
                "[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "EXOSCALE_SECRET=<secret>",
                "x{43}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{43}",
            ),
        ),
    },
    {
        "id": "exoscale-key-id",
        "title": "An Exoscale API key ID",
        "pattern": r"\b(?P<secret>EXO[0-9a-f]{24})\b",
        "keywords": ("exo",),
        "min_entropy": 2.8,
        "severity": "low",
        "confidence": "high",
        "fires": (
            (
                "EXOSCALE_KEY_ID=<secret>",
                "EXO[0-9a-f]{24}",
            ),
        ),
        "quiet": (
            (
                "EXOSCALE_KEY_ID=<secret>",
                "EXO0{24}",
            ),
            (
                "checksum: x<secret>",
                "EXO[0-9a-f]{24}",
            ),
        ),
    },
)
