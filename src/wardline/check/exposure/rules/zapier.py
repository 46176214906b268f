"""Webhooks of Zapier.

**Why it matters.** Whoever has the address starts what hangs on it.

**How it is found.** By the place where it stands: the address, header or command around it.

**How to repair it.** Revoke it at Zapier (the Zap, its trigger), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Zapier.
"""

PROVIDER = "Zapier"
TITLE = "Webhooks of Zapier"
REPAIR = "revoke it at Zapier (the Zap, its trigger), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "zapier-webhook",
        "title": "A Zapier webhook",
        "pattern": r"\bhooks\.zapier\.com/hooks/catch/(?P<secret>[0-9]{4,10}/[A-Za-z0-9]{6,10})\b",
        "keywords": ("hooks.zapier.com",),
        "min_entropy": 2.3,
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "https://hooks.zapier.com/hooks/catch/<secret>/",
                "[0-9]{4,10}/[a-z0-9]{6,10}",
            ),
        ),
        "quiet": (
            (
                "https://hooks.zapier.com/hooks/catch/<secret>/",
                "0{4,10}/x{6,10}",
            ),
        ),
    },
)
