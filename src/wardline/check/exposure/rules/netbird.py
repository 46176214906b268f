"""Tokens of NetBird.

**Why it matters.** A token lets machines into your network, and changes who may reach what.

**How it is found.** By its prefix `nbp_` and the length and letters of what follows.

**How to repair it.** Revoke it at NetBird (Settings, Users, Access tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of NetBird.
"""

PROVIDER = "NetBird"
TITLE = "Tokens of NetBird"
REPAIR = (
    "revoke it at NetBird (Settings, Users, Access tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "netbird-token",
        "title": "A NetBird personal access token",
        "pattern": r"\b(?P<secret>nbp_[A-Za-z0-9]{36})\b",
        "keywords": ("nbp_",),
        "min_entropy": 4.2,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NETBIRD_TOKEN=<secret>",
                "nbp_[A-Za-z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "NETBIRD_TOKEN=<secret>",
                "nbp_x{36}",
            ),
            (
                "checksum: x<secret>",
                "nbp_[A-Za-z0-9]{36}",
            ),
        ),
    },
)
