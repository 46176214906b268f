"""Keys of Fireworks AI.

**Why it matters.** A key spends your money.

**How it is found.** By its shape where "fireworks" stands near it.

**How to repair it.** Revoke it at Fireworks AI (User settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Fireworks AI.
"""

PROVIDER = "Fireworks AI"
TITLE = "Keys of Fireworks AI"
REPAIR = (
    "revoke it at Fireworks AI (User settings, API keys), look at what it was used for, and keep its successor"
    " in the vault"
)

RULES = (
    {
        "id": "fireworks-key",
        "title": "A Fireworks AI API key",
        "pattern": r"\b(?P<secret>fw_[A-Za-z0-9]{22,24})\b",
        "keywords": ("fw_",),
        "near": ("fireworks",),
        "min_entropy": 3.4,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FIREWORKS_API_KEY=<secret>",
                "fw_[A-Za-z0-9]{22,24}",
            ),
        ),
        "quiet": (
            (
                "FIREWORKS_API_KEY=<secret>",
                "fw_x{22,24}",
            ),
            (
                "checksum: <secret>",
                "fw_[A-Za-z0-9]{22,24}",
            ),
        ),
    },
)
