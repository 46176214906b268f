"""Tokens of Platform.sh and Upsun.

**Why it matters.** A token deploys, and reads the environment of every app.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Platform.sh (Account settings, API tokens), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks and TruffleHog know it, not taken from a publication of
Platform.sh.
"""

PROVIDER = "Platform.sh"
TITLE = "Tokens of Platform.sh and Upsun"
REPAIR = (
    "revoke it at Platform.sh (Account settings, API tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "platform-sh-token",
        "title": "A Platform.sh token",
        "pattern": (
            "(?i:platformsh|platform_sh|upsun)[A-Za-z0-9_ .-]{0,20}(?i:token)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": (
            "platform_sh",
            "platformsh",
            "upsun",
        ),
        "min_entropy": 4.1,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "PLATFORMSH_CLI_TOKEN=<secret>",
                "[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "PLATFORMSH_CLI_TOKEN=<secret>",
                "x{43}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{43}",
            ),
        ),
    },
)
