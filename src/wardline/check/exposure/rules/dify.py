"""Keys of Dify.

**Why it matters.** A key runs your apps and reads conversations.

**How it is found.** By its shape where "dify" stands near it.

**How to repair it.** Revoke it at Dify (API access, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Dify.
"""

PROVIDER = "Dify"
TITLE = "Keys of Dify"
REPAIR = "revoke it at Dify (API access, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "dify-key",
        "title": "A Dify API key",
        "pattern": r"\b(?P<secret>(?:app|dataset)-[A-Za-z0-9]{24})\b",
        "keywords": (
            "app-",
            "dataset-",
        ),
        "near": ("dify",),
        "min_entropy": 3.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DIFY_API_KEY=<secret>",
                "(?:app|dataset)-[A-Za-z0-9]{24}",
            ),
        ),
        "quiet": (
            (
                "DIFY_API_KEY=<secret>",
                "(?:app|dataset)-x{24}",
            ),
            (
                "checksum: <secret>",
                "(?:app|dataset)-[A-Za-z0-9]{24}",
            ),
        ),
    },
)
