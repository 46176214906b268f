"""Keys of ReadMe.

**Why it matters.** A key changes the documentation that your customers follow.

**How it is found.** By its prefix `rdme_` and the length and letters of what follows.

**How to repair it.** Revoke it at ReadMe (Configuration, API Keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
ReadMe.
"""

PROVIDER = "ReadMe"
TITLE = "Keys of ReadMe"
REPAIR = (
    "revoke it at ReadMe (Configuration, API Keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "readme-key",
        "title": "A ReadMe API key",
        "pattern": r"\b(?P<secret>rdme_[a-z0-9]{70})\b",
        "keywords": ("rdme_",),
        "min_entropy": 4.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "README_KEY=<secret>",
                "rdme_[a-z0-9]{70}",
            ),
        ),
        "quiet": (
            (
                "README_KEY=<secret>",
                "rdme_x{70}",
            ),
            (
                "checksum: x<secret>",
                "rdme_[a-z0-9]{70}",
            ),
        ),
    },
)
