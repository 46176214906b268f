"""Tokens of Codecov.

**Why it matters.** A token uploads reports in your name, or reads your source through them; Codecov itself was the
way into thousands of pipelines in 2021.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Codecov (Settings, Access or General), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of Codecov.
"""

PROVIDER = "Codecov"
TITLE = "Tokens of Codecov"
REPAIR = (
    "revoke it at Codecov (Settings, Access or General), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "codecov-token",
        "title": "A Codecov token",
        "pattern": (
            "(?i:codecov)[A-Za-z0-9_ .-]{0,20}(?i:key|token|secret|auth|password|credential)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("codecov",),
        "min_entropy": 3.0,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "CODECOV_API_KEY=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
            (
                '"codecov_api_key": "<secret>"',
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "CODECOV_API_KEY=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
