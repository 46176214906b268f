"""Keys of LaunchDarkly.

**Why it matters.** An access token switches any feature on or off; an SDK key reads all rules.

**How it is found.** By the prefixes `api-`, `sdk-` and the length and letters of what follows.

**How to repair it.** Revoke it at LaunchDarkly (Account settings, Authorization), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
LaunchDarkly.
"""

PROVIDER = "LaunchDarkly"
TITLE = "Keys of LaunchDarkly"
REPAIR = (
    "revoke it at LaunchDarkly (Account settings, Authorization), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "launchdarkly-access-token",
        "title": "A LaunchDarkly access token",
        "pattern": r"\b(?P<secret>api-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\b",
        "keywords": ("api-",),
        "min_entropy": 3.2,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "LAUNCHDARKLY_ACCESS_TOKEN=<secret>",
                "api-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "LAUNCHDARKLY_ACCESS_TOKEN=<secret>",
                "api-0{8}-0{4}-40{3}-00{3}-0{12}",
            ),
            (
                "checksum: x<secret>",
                "api-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            ),
        ),
    },
    {
        "id": "launchdarkly-sdk-key",
        "title": "A LaunchDarkly SDK key",
        "pattern": r"\b(?P<secret>sdk-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\b",
        "keywords": ("sdk-",),
        "min_entropy": 3.2,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "LAUNCHDARKLY_SDK_KEY=<secret>",
                "sdk-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "LAUNCHDARKLY_SDK_KEY=<secret>",
                "sdk-0{8}-0{4}-40{3}-00{3}-0{12}",
            ),
            (
                "checksum: x<secret>",
                "sdk-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            ),
        ),
    },
)
