"""Keys of Firecrawl.

**Why it matters.** A key spends your money.

**How it is found.** By its prefix `fc-` and the length and letters of what follows.

**How to repair it.** Revoke it at Firecrawl (Dashboard, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Firecrawl.
"""

PROVIDER = "Firecrawl"
TITLE = "Keys of Firecrawl"
REPAIR = (
    "revoke it at Firecrawl (Dashboard, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "firecrawl-key",
        "title": "A Firecrawl API key",
        "pattern": r"\b(?P<secret>fc-[0-9a-f]{32})\b",
        "keywords": ("fc-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FIRECRAWL_KEY=<secret>",
                "fc-[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "FIRECRAWL_KEY=<secret>",
                "fc-0{32}",
            ),
            (
                "checksum: x<secret>",
                "fc-[0-9a-f]{32}",
            ),
        ),
    },
)
