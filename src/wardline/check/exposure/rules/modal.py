"""Tokens of Modal.

**Why it matters.** A token runs code at your cost and reads the secrets of your apps.

**How it is found.** By its shape where "modal" stands near it.

**How to repair it.** Revoke it at Modal (Settings, API tokens), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Modal.
"""

PROVIDER = "Modal"
TITLE = "Tokens of Modal"
REPAIR = "revoke it at Modal (Settings, API tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "modal-token-secret",
        "title": "A Modal token secret",
        "pattern": r"\b(?P<secret>as-[A-Za-z0-9]{22})\b",
        "keywords": ("as-",),
        "near": ("modal",),
        "min_entropy": 3.6,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "MODAL_TOKEN_SECRET=<secret>",
                "as-[A-Za-z0-9]{22}",
            ),
        ),
        "quiet": (
            (
                "MODAL_TOKEN_SECRET=<secret>",
                "as-x{22}",
            ),
            (
                "checksum: <secret>",
                "as-[A-Za-z0-9]{22}",
            ),
        ),
    },
)
