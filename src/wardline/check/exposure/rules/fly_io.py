"""Tokens of Fly.io.

**Why it matters.** A token deploys, opens shells on machines and reads their secrets.

**How it is found.** By the prefixes `fo1_`, `fm1a_`, `fm1r_`, `fm2_` and the length and letters of what follows.

**How to repair it.** Revoke it at Fly.io (fly tokens list, fly tokens revoke), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of Fly.io.
"""

PROVIDER = "Fly.io"
TITLE = "Tokens of Fly.io"
REPAIR = (
    "revoke it at Fly.io (fly tokens list, fly tokens revoke), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "fly-token",
        "title": "A Fly.io token",
        "pattern": (
            r"\b(?P<secret>fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100,900}={0,3})(?:"
            r"[^A-Za-z0-9_+/=\n-]|$)"
        ),
        "keywords": (
            "fo1_",
            "fm1a_",
            "fm1r_",
            "fm2_",
        ),
        "min_entropy": 4.3,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FLY_TOKEN=<secret>",
                "fm2_[A-Za-z0-9+/]{120}|fo1_[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "FLY_TOKEN=<secret>",
                "fm2_x{120}",
            ),
            (
                "checksum: x<secret>",
                "fm2_[A-Za-z0-9+/]{120}|fo1_[A-Za-z0-9_-]{43}",
            ),
        ),
    },
)
