"""Tokens of Clojars.

**Why it matters.** A token publishes packages in your name.

**How it is found.** By its prefix `CLOJARS_` and the length and letters of what follows.

**How to repair it.** Revoke it at Clojars (Deploy tokens), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of Clojars.
"""

PROVIDER = "Clojars"
TITLE = "Tokens of Clojars"
REPAIR = "revoke it at Clojars (Deploy tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "clojars-token",
        "title": "A Clojars deploy token",
        "pattern": r"\b(?P<secret>CLOJARS_[0-9a-f]{60})\b",
        "keywords": ("clojars_",),
        "min_entropy": 3.7,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CLOJARS_TOKEN=<secret>",
                "CLOJARS_[0-9a-f]{60}",
            ),
        ),
        "quiet": (
            (
                "CLOJARS_TOKEN=<secret>",
                "CLOJARS_0{60}",
            ),
            (
                "checksum: x<secret>",
                "CLOJARS_[0-9a-f]{60}",
            ),
        ),
    },
)
