"""Keys of Prefect.

**Why it matters.** A key runs flows, and reads the blocks where other secrets stand.

**How it is found.** By its prefix `pn` and the length and letters of what follows.

**How to repair it.** Revoke it at Prefect (Profile, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Prefect.
"""

PROVIDER = "Prefect"
TITLE = "Keys of Prefect"
REPAIR = "revoke it at Prefect (Profile, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "prefect-key",
        "title": "A Prefect API key",
        "pattern": r"\b(?P<secret>pn[ub]_[A-Za-z0-9]{36})\b",
        "keywords": (
            "pnu_",
            "pnb_",
        ),
        "min_entropy": 3.6,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "PREFECT_KEY=<secret>",
                "pn[ub]_[A-Za-z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "PREFECT_KEY=<secret>",
                "pn0_x{36}",
            ),
            (
                "checksum: x<secret>",
                "pn[ub]_[A-Za-z0-9]{36}",
            ),
        ),
    },
)
