"""Keys of FullStory.

**Why it matters.** A key reads recordings of what your users do.

**How it is found.** By the prefixes `na1.`, `eu1.` and the length and letters of what follows.

**How to repair it.** Revoke it at FullStory (Settings, Integrations, API keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of FullStory.
"""

PROVIDER = "FullStory"
TITLE = "Keys of FullStory"
REPAIR = (
    "revoke it at FullStory (Settings, Integrations, API keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "fullstory-key",
        "title": "A FullStory API key",
        "pattern": r"\b(?P<secret>(?:na1|eu1)\.[A-Za-z0-9+/]{100})(?:[^A-Za-z0-9_+/\n-]|$)",
        "keywords": (
            "na1.",
            "eu1.",
        ),
        "min_entropy": 5.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FULLSTORY_KEY=<secret>",
                r"(?:na1|eu1)\.[A-Za-z0-9+/]{100}",
            ),
        ),
        "quiet": (
            (
                "FULLSTORY_KEY=<secret>",
                r"(?:na1|eu1)\.x{100}",
            ),
        ),
    },
)
