"""Keys of Vultr.

**Why it matters.** A key makes and deletes machines.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Vultr (Account, API), look at what it was used for since it was written down, make
a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Vultr.
"""

PROVIDER = "Vultr"
TITLE = "Keys of Vultr"
REPAIR = "revoke it at Vultr (Account, API), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "vultr-key",
        "title": "A Vultr API key",
        "pattern": (
            r'(?i:vultr)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?'
            r':=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Z0-9]{36})\b'
        ),
        "keywords": ("vultr",),
        "min_entropy": 3.6,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "VULTR_API_KEY=<secret>",
                "[A-Z0-9]{36}",
            ),
            (
                '"vultr_api_key": "<secret>"',
                "[A-Z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "VULTR_API_KEY=<secret>",
                "X{36}",
            ),
            (
                "checksum: <secret>",
                "[A-Z0-9]{36}",
            ),
        ),
    },
)
