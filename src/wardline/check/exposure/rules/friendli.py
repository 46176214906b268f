"""Tokens of FriendliAI.

**Why it matters.** A token spends your money.

**How it is found.** By its prefix `flp_` and the length and letters of what follows.

**How to repair it.** Revoke it at FriendliAI (User settings, Tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of FriendliAI.
"""

PROVIDER = "FriendliAI"
TITLE = "Tokens of FriendliAI"
REPAIR = (
    "revoke it at FriendliAI (User settings, Tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "friendli-token",
        "title": "A FriendliAI token",
        "pattern": r"\b(?P<secret>flp_[A-Za-z0-9]{46,48})\b",
        "keywords": ("flp_",),
        "min_entropy": 4.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FRIENDLI_TOKEN=<secret>",
                "flp_[A-Za-z0-9]{46}",
            ),
        ),
        "quiet": (
            (
                "FRIENDLI_TOKEN=<secret>",
                "flp_x{46}",
            ),
            (
                "checksum: x<secret>",
                "flp_[A-Za-z0-9]{46}",
            ),
        ),
    },
)
