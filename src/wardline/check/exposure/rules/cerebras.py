"""Keys of Cerebras.

**Why it matters.** A key spends your money.

**How it is found.** By its prefix `csk-` and the length and letters of what follows.

**How to repair it.** Revoke it at Cerebras (Cloud platform, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Cerebras.
"""

PROVIDER = "Cerebras"
TITLE = "Keys of Cerebras"
REPAIR = (
    "revoke it at Cerebras (Cloud platform, API keys), look at what it was used for, and keep its successor in"
    " the vault"
)

RULES = (
    {
        "id": "cerebras-key",
        "title": "A Cerebras API key",
        "pattern": r"\b(?P<secret>csk-[a-z0-9]{48})\b",
        "keywords": ("csk-",),
        "min_entropy": 4.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CEREBRAS_KEY=<secret>",
                "csk-[a-z0-9]{48}",
            ),
        ),
        "quiet": (
            (
                "CEREBRAS_KEY=<secret>",
                "csk-x{48}",
            ),
            (
                "checksum: x<secret>",
                "csk-[a-z0-9]{48}",
            ),
        ),
    },
)
