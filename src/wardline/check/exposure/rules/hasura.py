"""Secrets of Hasura.

**Why it matters.** The admin secret reads and changes every row behind the API.

**How it is found.** By its prefix `hasura_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Hasura (Project, Env vars, Rotate), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Hasura.
"""

PROVIDER = "Hasura"
TITLE = "Secrets of Hasura"
REPAIR = (
    "revoke it at Hasura (Project, Env vars, Rotate), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "hasura-admin-secret",
        "title": "A Hasura admin secret",
        "pattern": (
            r'(?i:hasura)[A-Za-z0-9_ .-]{0,20}(?i:secret|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}'
            r'(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{64})\b'
        ),
        "keywords": ("hasura",),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "HASURA_GRAPHQL_ADMIN_SECRET=<secret>",
                "[A-Za-z0-9]{64}",
            ),
            (
                "x-hasura-admin-secret: <secret>",
                "[A-Za-z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "HASURA_GRAPHQL_ADMIN_SECRET=<secret>",
                "x{64}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{64}",
            ),
        ),
    },
    {
        "id": "hasura-project-token",
        "title": "A Hasura project key",
        "pattern": r"\b(?P<secret>hasura_[a-z]{2,5}_[A-Za-z0-9]{40,60})\b",
        "keywords": ("hasura_",),
        "min_entropy": 4.3,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "HASURA_PROJECT_TOKEN=<secret>",
                "hasura_pat_[A-Za-z0-9]{44}",
            ),
        ),
        "quiet": (
            (
                "HASURA_PROJECT_TOKEN=<secret>",
                "hasura_pat_x{44}",
            ),
            (
                "checksum: x<secret>",
                "hasura_pat_[A-Za-z0-9]{44}",
            ),
        ),
    },
)
