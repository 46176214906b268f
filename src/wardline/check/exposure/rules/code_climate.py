"""Tokens of Code Climate.

**Why it matters.** A token uploads reports in your name.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Code Climate (the repository's settings, Test coverage), look at what it was used
for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Code Climate.
"""

PROVIDER = "Code Climate"
TITLE = "Tokens of Code Climate"
REPAIR = (
    "revoke it at Code Climate (the repository's settings, Test coverage), look at what it was used for, and "
    "keep its successor in the vault"
)

RULES = (
    {
        "id": "code-climate-reporter",
        "title": "A Code Climate reporter ID",
        "pattern": (
            "(?i:code_?climate|cc_test_reporter)[A-Za-z0-9_ .-]{0,20}(?i:id|token|key)[A-Za-z0-9_]"
            r'{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[0-9a-f]{64})\b"
        ),
        "keywords": (
            "climate",
            "cc_test_reporter",
        ),
        "min_entropy": 3.3,
        "severity": "low",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "CC_TEST_REPORTER_ID=<secret>",
                "[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "CC_TEST_REPORTER_ID=<secret>",
                "0{64}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{64}",
            ),
        ),
    },
)
