"""Webhooks of Tines.

**Why it matters.** Whoever has the address starts what hangs on it.

**How it is found.** By the place where it stands: the address, header or command around it.

**How to repair it.** Revoke it at Tines (the action, its secret), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Tines.
"""

PROVIDER = "Tines"
TITLE = "Webhooks of Tines"
REPAIR = (
    "revoke it at Tines (the action, its secret), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "tines-webhook",
        "title": "A Tines webhook",
        "pattern": r"\b[A-Za-z0-9-]{2,60}\.tines\.com/webhook/(?P<secret>[0-9a-f]{32}/[0-9a-f]{32})\b",
        "keywords": (".tines.com",),
        "min_entropy": 3.4,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "https://acme.tines.com/webhook/<secret>",
                "[0-9a-f]{32}/[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "https://acme.tines.com/webhook/<secret>",
                "0{32}/0{32}",
            ),
        ),
    },
)
