"""Keys of Airbrake.

**Why it matters.** A key reads errors with the values that were in them.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Airbrake (Project settings), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Airbrake.
"""

PROVIDER = "Airbrake"
TITLE = "Keys of Airbrake"
REPAIR = "revoke it at Airbrake (Project settings), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "airbrake-key",
        "title": "An Airbrake key",
        "pattern": (
            r'(?i:airbrake)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32}|[0-9a-f]{40})\b'
        ),
        "keywords": ("airbrake",),
        "min_entropy": 2.9,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "AIRBRAKE_API_KEY=<secret>",
                "[0-9a-f]{32}|[0-9a-f]{40}",
            ),
            (
                '"airbrake_api_key": "<secret>"',
                "[0-9a-f]{32}|[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "AIRBRAKE_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}|[0-9a-f]{40}",
            ),
        ),
    },
)
