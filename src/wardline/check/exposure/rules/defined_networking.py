"""Keys of Defined Networking.

**Why it matters.** A key lets machines into your network.

**How it is found.** By its prefix `dnkey-` and the length and letters of what follows.

**How to repair it.** Revoke it at Defined Networking (Settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of Defined Networking.
"""

PROVIDER = "Defined Networking"
TITLE = "Keys of Defined Networking"
REPAIR = (
    "revoke it at Defined Networking (Settings, API keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "defined-networking-key",
        "title": "A Defined Networking API key",
        "pattern": r"\b(?P<secret>dnkey-[A-Za-z0-9_-]{26}-[A-Za-z0-9_-]{52})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("dnkey-",),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DEFINED_NETWORKING_KEY=<secret>",
                "dnkey-[A-Z0-9]{26}-[A-Z0-9]{52}",
            ),
        ),
        "quiet": (
            (
                "DEFINED_NETWORKING_KEY=<secret>",
                "dnkey-X{26}-X{52}",
            ),
            (
                "checksum: x<secret>",
                "dnkey-[A-Z0-9]{26}-[A-Z0-9]{52}",
            ),
        ),
    },
)
