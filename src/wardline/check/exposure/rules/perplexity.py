"""Keys of Perplexity.

**Why it matters.** A key spends your money.

**How it is found.** By its prefix `pplx-` and the length and letters of what follows.

**How to repair it.** Revoke it at Perplexity (Settings, API), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of Perplexity.
"""

PROVIDER = "Perplexity"
TITLE = "Keys of Perplexity"
REPAIR = "revoke it at Perplexity (Settings, API), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "perplexity-key",
        "title": "A Perplexity API key",
        "pattern": r"\b(?P<secret>pplx-[A-Za-z0-9]{48})\b",
        "keywords": ("pplx-",),
        "min_entropy": 4.4,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "PERPLEXITY_KEY=<secret>",
                "pplx-[A-Za-z0-9]{48}",
            ),
        ),
        "quiet": (
            (
                "PERPLEXITY_KEY=<secret>",
                "pplx-x{48}",
            ),
            (
                "checksum: x<secret>",
                "pplx-[A-Za-z0-9]{48}",
            ),
        ),
    },
)
