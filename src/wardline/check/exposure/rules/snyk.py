"""Tokens of Snyk.

**Why it matters.** A token reads what is vulnerable in everything you run.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Snyk (Account settings, General, Auth Token), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Snyk.
"""

PROVIDER = "Snyk"
TITLE = "Tokens of Snyk"
REPAIR = (
    "revoke it at Snyk (Account settings, General, Auth Token), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "snyk-token",
        "title": "A Snyk token",
        "pattern": (
            r'(?i:snyk)[A-Za-z0-9_ .-]{0,20}(?i:token|key|auth)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-'
            r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("snyk",),
        "min_entropy": 3.1,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SNYK_TOKEN=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
            (
                '"snyk_token": "<secret>"',
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "SNYK_TOKEN=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
