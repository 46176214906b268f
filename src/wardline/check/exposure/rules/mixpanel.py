"""Secrets of Mixpanel.

**Why it matters.** The secret exports every event with its user.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Mixpanel (Project settings, Service accounts), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Mixpanel.
"""

PROVIDER = "Mixpanel"
TITLE = "Secrets of Mixpanel"
REPAIR = (
    "revoke it at Mixpanel (Project settings, Service accounts), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "mixpanel-secret",
        "title": "A Mixpanel secret",
        "pattern": (
            r'(?i:mixpanel)[A-Za-z0-9_ .-]{0,20}(?i:secret)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?'
            r':=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32}|[A-Za-z0-9]{32})\b'
        ),
        "keywords": ("mixpanel",),
        "min_entropy": 2.8,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "MIXPANEL_SECRET=<secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{32}",
            ),
            (
                '"mixpanel_secret": "<secret>"',
                "[0-9a-f]{32}|[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "MIXPANEL_SECRET=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{32}",
            ),
        ),
    },
)
