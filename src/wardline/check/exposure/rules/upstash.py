"""Tokens of Upstash.

**Why it matters.** A token reads and changes everything in the database.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Upstash (the database, REST API, Reset credentials), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Upstash.
"""

PROVIDER = "Upstash"
TITLE = "Tokens of Upstash"
REPAIR = (
    "revoke it at Upstash (the database, REST API, Reset credentials), look at what it was used for, and keep "
    "its successor in the vault"
)

RULES = (
    {
        "id": "upstash-token",
        "title": "An Upstash token",
        "pattern": (
            r'(?i:upstash)[A-Za-z0-9_ .-]{0,20}(?i:token|password)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>A[A-Za-z0-9+/=_-]'
            r"{40,120})(?:[^A-Za-z0-9_+/=\n-]|$)"
        ),
        "keywords": ("upstash",),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "UPSTASH_REDIS_REST_TOKEN=<secret>",
                "AX[A-Za-z0-9]{58}",
            ),
        ),
        "quiet": (
            (
                "UPSTASH_REDIS_REST_TOKEN=<secret>",
                "AXx{58}",
            ),
            (
                "checksum: <secret>",
                "AX[A-Za-z0-9]{58}",
            ),
        ),
    },
)
