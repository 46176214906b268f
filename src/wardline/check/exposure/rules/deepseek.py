"""Keys of DeepSeek.

**Why it matters.** A key spends your money.

**How it is found.** By its shape where "deepseek" stands near it.

**How to repair it.** Revoke it at DeepSeek (API keys), look at what it was used for since it was written down, make a
new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of DeepSeek.
"""

PROVIDER = "DeepSeek"
TITLE = "Keys of DeepSeek"
REPAIR = "revoke it at DeepSeek (API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "deepseek-key",
        "title": "A DeepSeek API key",
        "pattern": r"\b(?P<secret>sk-[0-9a-f]{32})\b",
        "keywords": ("sk-",),
        "near": ("deepseek",),
        "min_entropy": 3.2,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DEEPSEEK_API_KEY=<secret>",
                "sk-[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "DEEPSEEK_API_KEY=<secret>",
                "sk-0{32}",
            ),
            (
                "checksum: <secret>",
                "sk-[0-9a-f]{32}",
            ),
        ),
    },
)
