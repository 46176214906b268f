"""Keys of LangSmith.

**Why it matters.** A key reads prompts and answers with what people wrote in them.

**How it is found.** By its prefix `lsv2_` and the length and letters of what follows.

**How to repair it.** Revoke it at LangSmith (Settings, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of LangSmith.
"""

PROVIDER = "LangSmith"
TITLE = "Keys of LangSmith"
REPAIR = (
    "revoke it at LangSmith (Settings, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "langsmith-key",
        "title": "A LangSmith API key",
        "pattern": r"\b(?P<secret>lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10})\b",
        "keywords": ("lsv2_",),
        "min_entropy": 3.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "LANGSMITH_KEY=<secret>",
                "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
            ),
        ),
        "quiet": (
            (
                "LANGSMITH_KEY=<secret>",
                "lsv2_(?:pt|sk)_0{32}_0{10}",
            ),
            (
                "checksum: x<secret>",
                "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
            ),
        ),
    },
)
