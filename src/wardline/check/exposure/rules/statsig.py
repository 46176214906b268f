"""Keys of Statsig.

**Why it matters.** A key switches features on or off.

**How it is found.** By the prefixes `secret-`, `console-` and the length and letters of what follows.

**How to repair it.** Revoke it at Statsig (Settings, Keys & environments), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Statsig.
"""

PROVIDER = "Statsig"
TITLE = "Keys of Statsig"
REPAIR = (
    "revoke it at Statsig (Settings, Keys & environments), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "statsig-key",
        "title": "A Statsig server or console key",
        "pattern": r"\b(?P<secret>(?:secret|console)-[A-Za-z0-9]{40,44})\b",
        "keywords": (
            "secret-",
            "console-",
        ),
        "min_entropy": 4.0,
        "severity": "high",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "STATSIG_KEY=<secret>",
                "secret-[A-Za-z0-9]{43}",
            ),
        ),
        "quiet": (
            (
                "STATSIG_KEY=<secret>",
                "secret-x{43}",
            ),
        ),
    },
)
