"""Tokens of Logz.io.

**Why it matters.** A token writes logs, or reads them.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Logz.io (Settings, Manage tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Logz.io.
"""

PROVIDER = "Logz.io"
TITLE = "Tokens of Logz.io"
REPAIR = (
    "revoke it at Logz.io (Settings, Manage tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "logz-token",
        "title": "A Logz.io token",
        "pattern": (
            r'(?i:logz_?io|logzio)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z]{32}|'
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("logz",),
        "min_entropy": 3.1,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "LOGZIO_API_TOKEN=<secret>",
                "[A-Za-z]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "LOGZIO_API_TOKEN=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
