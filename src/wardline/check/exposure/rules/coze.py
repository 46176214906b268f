"""Tokens of Coze.

**Why it matters.** A token runs your bots and reads conversations.

**How it is found.** By its prefix `pat_` and the length and letters of what follows.

**How to repair it.** Revoke it at Coze (API, Personal access tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Coze.
"""

PROVIDER = "Coze"
TITLE = "Tokens of Coze"
REPAIR = (
    "revoke it at Coze (API, Personal access tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "coze-token",
        "title": "A Coze personal access token",
        "pattern": r"\b(?P<secret>pat_[A-Za-z0-9]{64})\b",
        "keywords": ("pat_",),
        "min_entropy": 4.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "COZE_TOKEN=<secret>",
                "pat_[A-Za-z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "COZE_TOKEN=<secret>",
                "pat_x{64}",
            ),
            (
                "checksum: x<secret>",
                "pat_[A-Za-z0-9]{64}",
            ),
        ),
    },
)
