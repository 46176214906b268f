"""Tokens of Better Stack.

**Why it matters.** A token reads logs and silences alarms.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Better Stack (Settings, API tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Better Stack.
"""

PROVIDER = "Better Stack"
TITLE = "Tokens of Better Stack"
REPAIR = (
    "revoke it at Better Stack (Settings, API tokens), look at what it was used for, and keep its successor in"
    " the vault"
)

RULES = (
    {
        "id": "better-stack-token",
        "title": "A Better Stack token",
        "pattern": (
            "(?i:better_?stack|better_?uptime|logtail)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]"
            r'{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[A-Za-z0-9]{24})\b"
        ),
        "keywords": (
            "better",
            "logtail",
        ),
        "min_entropy": 3.4,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "BETTERSTACK_API_TOKEN=<secret>",
                "[A-Za-z0-9]{24}",
            ),
        ),
        "quiet": (
            (
                "BETTERSTACK_API_TOKEN=<secret>",
                "x{24}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{24}",
            ),
        ),
    },
)
