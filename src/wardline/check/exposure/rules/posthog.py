"""Keys of PostHog.

**Why it matters.** A personal key reads every event and person; project keys (`phc_`) are public and do not count.

**How it is found.** By its prefix `ph` and the length and letters of what follows.

**How to repair it.** Revoke it at PostHog (Settings, Personal API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of PostHog.
"""

PROVIDER = "PostHog"
TITLE = "Keys of PostHog"
REPAIR = (
    "revoke it at PostHog (Settings, Personal API keys), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "posthog-personal-key",
        "title": "A PostHog personal API key",
        "pattern": r"\b(?P<secret>ph[xs]_[A-Za-z0-9]{43,48})\b",
        "keywords": (
            "phx_",
            "phs_",
        ),
        "min_entropy": 4.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "POSTHOG_PERSONAL_KEY=<secret>",
                "phx_[A-Za-z0-9]{43}",
            ),
        ),
        "quiet": (
            (
                "POSTHOG_PERSONAL_KEY=<secret>",
                "phx_x{43}",
            ),
            (
                "checksum: x<secret>",
                "phx_[A-Za-z0-9]{43}",
            ),
        ),
    },
)
