"""Secrets of Fivetran.

**Why it matters.** A secret changes connectors and reads where they go.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Fivetran (Account settings, API config), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Fivetran.
"""

PROVIDER = "Fivetran"
TITLE = "Secrets of Fivetran"
REPAIR = (
    "revoke it at Fivetran (Account settings, API config), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "fivetran-secret",
        "title": "A Fivetran API secret",
        "pattern": (
            r'(?i:fivetran)[A-Za-z0-9_ .-]{0,20}(?i:secret|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{32})\b'
        ),
        "keywords": ("fivetran",),
        "min_entropy": 3.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "FIVETRAN_SECRET=<secret>",
                "[A-Za-z0-9]{32}",
            ),
            (
                '"fivetran_secret": "<secret>"',
                "[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "FIVETRAN_SECRET=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
    },
)
