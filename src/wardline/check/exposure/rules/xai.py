"""Keys of xAI.

**Why it matters.** A key spends your money.

**How it is found.** By its prefix `xai-` and the length and letters of what follows.

**How to repair it.** Revoke it at xAI (Console, API keys), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of xAI.
"""

PROVIDER = "xAI"
TITLE = "Keys of xAI"
REPAIR = "revoke it at xAI (Console, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "xai-key",
        "title": "An xAI API key",
        "pattern": r"\b(?P<secret>xai-[A-Za-z0-9]{80})\b",
        "keywords": ("xai-",),
        "min_entropy": 4.8,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "XAI_KEY=<secret>",
                "xai-[A-Za-z0-9]{80}",
            ),
        ),
        "quiet": (
            (
                "XAI_KEY=<secret>",
                "xai-x{80}",
            ),
            (
                "checksum: x<secret>",
                "xai-[A-Za-z0-9]{80}",
            ),
        ),
    },
)
