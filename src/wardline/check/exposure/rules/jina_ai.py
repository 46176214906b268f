"""Keys of Jina AI.

**Why it matters.** A key spends your money.

**How it is found.** By its prefix `jina_` and the length and letters of what follows.

**How to repair it.** Revoke it at Jina AI (API key & billing), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Jina AI.
"""

PROVIDER = "Jina AI"
TITLE = "Keys of Jina AI"
REPAIR = "revoke it at Jina AI (API key & billing), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "jina-key",
        "title": "A Jina AI API key",
        "pattern": r"\b(?P<secret>jina_[A-Za-z0-9_-]{60})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("jina_",),
        "min_entropy": 4.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "JINA_KEY=<secret>",
                "jina_[A-Za-z0-9_-]{60}",
            ),
        ),
        "quiet": (
            (
                "JINA_KEY=<secret>",
                "jina_x{60}",
            ),
            (
                "checksum: x<secret>",
                "jina_[A-Za-z0-9_-]{60}",
            ),
        ),
    },
)
