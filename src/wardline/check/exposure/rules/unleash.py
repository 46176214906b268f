"""Tokens of Unleash.

**Why it matters.** A token reads every feature toggle, or changes them.

**How it is found.** By its shape where "unleash" stands near it.

**How to repair it.** Revoke it at Unleash (Admin, Access control, API access), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** Unleash documentation, "API tokens and client keys".
"""

PROVIDER = "Unleash"
TITLE = "Tokens of Unleash"
REPAIR = (
    "revoke it at Unleash (Admin, Access control, API access), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "unleash-token",
        "title": "An Unleash API token",
        "pattern": r"(?:^|[^A-Za-z0-9_.-])(?P<secret>(?:\*|[a-z0-9_-]{1,40}):[a-z0-9_*-]{1,30}\.[0-9a-f]{56,64})\b",
        "keywords": (".",),
        "near": ("unleash",),
        "min_entropy": 3.8,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "UNLEASH_API_TOKEN=<secret>",
                r"default:development\.[0-9a-f]{56}",
            ),
        ),
        "quiet": (
            "UNLEASH_API_TOKEN=default:development.unleash-insecure-api-token",
            (
                "UNLEASH_API_TOKEN=<secret>",
                r"default:development\.0{56}",
            ),
            (
                "checksum: <secret>",
                r"default:development\.[0-9a-f]{56}",
            ),
        ),
    },
)
