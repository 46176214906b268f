"""Tokens of Deno Deploy.

**Why it matters.** A token deploys code in your name.

**How it is found.** By its prefix `dd` and the length and letters of what follows.

**How to repair it.** Revoke it at Deno Deploy (Account settings, Access tokens), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Deno Deploy.
"""

PROVIDER = "Deno Deploy"
TITLE = "Tokens of Deno Deploy"
REPAIR = (
    "revoke it at Deno Deploy (Account settings, Access tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "deno-token",
        "title": "A Deno Deploy token",
        "pattern": r"\b(?P<secret>dd[pw]_[A-Za-z0-9]{36})\b",
        "keywords": (
            "ddp_",
            "ddw_",
        ),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DENO_TOKEN=<secret>",
                "dd[pw]_[A-Za-z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "DENO_TOKEN=<secret>",
                "dd0_x{36}",
            ),
            (
                "checksum: x<secret>",
                "dd[pw]_[A-Za-z0-9]{36}",
            ),
        ),
    },
)
