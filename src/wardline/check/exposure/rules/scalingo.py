"""Tokens of Scalingo.

**Why it matters.** A token deploys, and reads the environment of every app.

**How it is found.** By its prefix `tk-us-` and the length and letters of what follows.

**How to repair it.** Revoke it at Scalingo (Profile, API tokens), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of Scalingo.
"""

PROVIDER = "Scalingo"
TITLE = "Tokens of Scalingo"
REPAIR = (
    "revoke it at Scalingo (Profile, API tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "scalingo-token",
        "title": "A Scalingo token",
        "pattern": r"\b(?P<secret>tk-us-[A-Za-z0-9_-]{48})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("tk-us-",),
        "min_entropy": 4.4,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SCALINGO_TOKEN=<secret>",
                "tk-us-[A-Za-z0-9_-]{48}",
            ),
        ),
        "quiet": (
            (
                "SCALINGO_TOKEN=<secret>",
                "tk-us-x{48}",
            ),
            (
                "checksum: x<secret>",
                "tk-us-[A-Za-z0-9_-]{48}",
            ),
        ),
    },
)
