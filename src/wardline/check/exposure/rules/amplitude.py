"""Secrets of Amplitude.

**Why it matters.** The secret key exports every event with its user.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Amplitude (Settings, Projects), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Amplitude.
"""

PROVIDER = "Amplitude"
TITLE = "Secrets of Amplitude"
REPAIR = (
    "revoke it at Amplitude (Settings, Projects), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "amplitude-secret",
        "title": "An Amplitude secret key",
        "pattern": (
            r'(?i:amplitude)[A-Za-z0-9_ .-]{0,20}(?i:secret|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32})\b'
        ),
        "keywords": ("amplitude",),
        "min_entropy": 2.9,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "AMPLITUDE_SECRET=<secret>",
                "[0-9a-f]{32}",
            ),
            (
                '"amplitude_secret": "<secret>"',
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "AMPLITUDE_SECRET=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
)
