"""Tokens of Travis CI.

**Why it matters.** A token starts builds and reads their settings, where other secrets stand.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Travis CI (Settings, API authentication), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Travis CI.
"""

PROVIDER = "Travis CI"
TITLE = "Tokens of Travis CI"
REPAIR = (
    "revoke it at Travis CI (Settings, API authentication), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "travis-token",
        "title": "A Travis CI token",
        "pattern": (
            r'(?i:travis)[A-Za-z0-9_ .-]{0,20}(?i:token|key|auth)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9_-]{22})(?:'
            r"[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("travis",),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "TRAVIS_TOKEN=<secret>",
                "[A-Za-z0-9_-]{22}",
            ),
            (
                '"travis_token": "<secret>"',
                "[A-Za-z0-9_-]{22}",
            ),
        ),
        "quiet": (
            (
                "TRAVIS_TOKEN=<secret>",
                "x{22}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{22}",
            ),
        ),
    },
)
