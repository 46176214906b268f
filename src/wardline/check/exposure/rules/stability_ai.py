"""Keys of Stability AI.

**Why it matters.** A key spends your money.

**How it is found.** By its shape where "stability" or "stable_diffusion" stands near it.

**How to repair it.** Revoke it at Stability AI (Account, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Stability AI.
"""

PROVIDER = "Stability AI"
TITLE = "Keys of Stability AI"
REPAIR = (
    "revoke it at Stability AI (Account, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "stability-key",
        "title": "A Stability AI API key",
        "pattern": r"\b(?P<secret>sk-[A-Za-z0-9]{48})\b",
        "keywords": ("sk-",),
        "near": (
            "stability",
            "stable_diffusion",
            "dreamstudio",
        ),
        "min_entropy": 4.4,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "STABILITY_API_KEY=<secret>",
                "sk-[A-Za-z0-9]{48}",
            ),
        ),
        "quiet": (
            (
                "STABILITY_API_KEY=<secret>",
                "sk-x{48}",
            ),
            (
                "checksum: <secret>",
                "sk-[A-Za-z0-9]{48}",
            ),
        ),
    },
)
