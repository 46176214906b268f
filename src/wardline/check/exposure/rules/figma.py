"""Tokens of Figma.

**Why it matters.** A token reads designs that are not public yet, and comments in somebody's name.

**How it is found.** By its prefix `fig` and the length and letters of what follows.

**How to repair it.** Revoke it at Figma (Settings, Security, Personal access tokens), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which Kingfisher knows it, not taken from a publication of Figma.
"""

PROVIDER = "Figma"
TITLE = "Tokens of Figma"
REPAIR = (
    "revoke it at Figma (Settings, Security, Personal access tokens), look at what it was used for, and keep "
    "its successor in the vault"
)

RULES = (
    {
        "id": "figma-token",
        "title": "A Figma token",
        "pattern": r"\b(?P<secret>fig[dou]r?_[A-Za-z0-9_-]{40,54})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "figd_",
            "figo_",
            "figu_",
            "figor_",
            "figur_",
            "figdr_",
        ),
        "min_entropy": 3.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FIGMA_TOKEN=<secret>",
                "figd_[A-Za-z0-9_-]{40}",
            ),
        ),
        "quiet": (
            (
                "FIGMA_TOKEN=<secret>",
                "figd_x{40}",
            ),
            (
                "checksum: x<secret>",
                "figd_[A-Za-z0-9_-]{40}",
            ),
        ),
    },
)
