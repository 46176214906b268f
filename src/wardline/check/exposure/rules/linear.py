"""Keys and tokens of Linear.

**Why it matters.** A key reads and changes every issue, project and document that its owner sees, with what customers
wrote in them.

**How it is found.** By the prefixes `lin_api_`, `lin_oauth_` and the length and letters of what follows.

**How to repair it.** Revoke it at Linear (Settings, Security & access), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Linear.
"""

PROVIDER = "Linear"
TITLE = "Keys and tokens of Linear"
REPAIR = (
    "revoke it at Linear (Settings, Security & access), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "linear-api-key",
        "title": "A Linear API key",
        "pattern": r"\b(?P<secret>lin_api_[A-Za-z0-9]{40})\b",
        "keywords": ("lin_api_",),
        "min_entropy": 4.2,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "LINEAR_API_KEY=<secret>",
                "lin_api_[A-Za-z0-9]{40}",
            ),
        ),
        "quiet": (
            (
                "LINEAR_API_KEY=<secret>",
                "lin_api_x{40}",
            ),
            (
                "checksum: x<secret>",
                "lin_api_[A-Za-z0-9]{40}",
            ),
        ),
    },
    {
        "id": "linear-oauth-token",
        "title": "A Linear OAuth token",
        "pattern": r"\b(?P<secret>lin_oauth_[0-9a-f]{64})\b",
        "keywords": ("lin_oauth_",),
        "min_entropy": 3.8,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "LINEAR_OAUTH_TOKEN=<secret>",
                "lin_oauth_[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "LINEAR_OAUTH_TOKEN=<secret>",
                "lin_oauth_0{64}",
            ),
            (
                "checksum: x<secret>",
                "lin_oauth_[0-9a-f]{64}",
            ),
        ),
    },
)
