"""Keys of Groq.

**Why it matters.** A key spends your money.

**How it is found.** By its prefix `gsk_` and the length and letters of what follows.

**How to repair it.** Revoke it at Groq (Console, API keys), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Groq.
"""

PROVIDER = "Groq"
TITLE = "Keys of Groq"
REPAIR = "revoke it at Groq (Console, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "groq-key",
        "title": "A Groq API key",
        "pattern": r"\b(?P<secret>gsk_[A-Za-z0-9]{52})\b",
        "keywords": ("gsk_",),
        "min_entropy": 4.4,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "GROQ_KEY=<secret>",
                "gsk_[A-Za-z0-9]{52}",
            ),
        ),
        "quiet": (
            (
                "GROQ_KEY=<secret>",
                "gsk_x{52}",
            ),
            (
                "checksum: x<secret>",
                "gsk_[A-Za-z0-9]{52}",
            ),
        ),
    },
)
