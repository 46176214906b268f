"""Keys of Tavily.

**Why it matters.** A key spends your money.

**How it is found.** By its prefix `tvly-` and the length and letters of what follows.

**How to repair it.** Revoke it at Tavily (Overview, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Tavily.
"""

PROVIDER = "Tavily"
TITLE = "Keys of Tavily"
REPAIR = "revoke it at Tavily (Overview, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "tavily-key",
        "title": "A Tavily API key",
        "pattern": r"\b(?P<secret>tvly-(?:dev-|prod-)?[A-Za-z0-9]{32})\b",
        "keywords": ("tvly-",),
        "min_entropy": 4.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "TAVILY_KEY=<secret>",
                "tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "TAVILY_KEY=<secret>",
                "tvly-(?:dev-|prod-)?x{32}",
            ),
            (
                "checksum: x<secret>",
                "tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
            ),
        ),
    },
)
