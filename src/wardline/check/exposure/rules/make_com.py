"""Webhooks of Make.

**Why it matters.** Whoever has the address starts what hangs on it.

**How it is found.** By the place where it stands: the address, header or command around it.

**How to repair it.** Revoke it at Make (the scenario, its webhook), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Make.
"""

PROVIDER = "Make"
TITLE = "Webhooks of Make"
REPAIR = (
    "revoke it at Make (the scenario, its webhook), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "make-webhook",
        "title": "A Make webhook",
        "pattern": r"\bhook\.(?:[a-z0-9]{2,5}\.)?(?:make|integromat)\.com/(?P<secret>[a-z0-9]{32})\b",
        "keywords": (
            ".make.com",
            ".integromat.com",
        ),
        "min_entropy": 3.5,
        "severity": "medium",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "https://hook.eu1.make.com/<secret>",
                "[a-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "https://hook.eu1.make.com/<secret>",
                "x{32}",
            ),
        ),
    },
)
