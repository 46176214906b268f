"""Tokens of Axiom.

**Why it matters.** A token reads or writes your logs and events.

**How it is found.** By its prefix `xa` and the length and letters of what follows.

**How to repair it.** Revoke it at Axiom (Settings, API tokens), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Axiom.
"""

PROVIDER = "Axiom"
TITLE = "Tokens of Axiom"
REPAIR = "revoke it at Axiom (Settings, API tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "axiom-token",
        "title": "An Axiom token",
        "pattern": r"\b(?P<secret>xa[ap]t-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
        "keywords": (
            "xaat-",
            "xapt-",
        ),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "AXIOM_TOKEN=<secret>",
                "xa[ap]t-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "AXIOM_TOKEN=<secret>",
                "xa0t-0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: x<secret>",
                "xa[ap]t-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
