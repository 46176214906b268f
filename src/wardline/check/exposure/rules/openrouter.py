"""Keys of OpenRouter.

**Why it matters.** A key spends your money with every model there is.

**How it is found.** By its prefix `sk-or-v1-` and the length and letters of what follows.

**How to repair it.** Revoke it at OpenRouter (Settings, Keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of OpenRouter.
"""

PROVIDER = "OpenRouter"
TITLE = "Keys of OpenRouter"
REPAIR = "revoke it at OpenRouter (Settings, Keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "openrouter-key",
        "title": "An OpenRouter API key",
        "pattern": r"\b(?P<secret>sk-or-v1-[0-9a-f]{64})\b",
        "keywords": ("sk-or-v1-",),
        "min_entropy": 3.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "OPENROUTER_KEY=<secret>",
                "sk-or-v1-[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "OPENROUTER_KEY=<secret>",
                "sk-or-v1-0{64}",
            ),
            (
                "checksum: x<secret>",
                "sk-or-v1-[0-9a-f]{64}",
            ),
        ),
    },
)
