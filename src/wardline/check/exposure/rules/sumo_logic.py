"""Keys of Sumo Logic.

**Why it matters.** A key reads all logs of its owner.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Sumo Logic (Administration, Security, Access keys), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks and TruffleHog know it, not taken from a publication of Sumo Logic.
"""

PROVIDER = "Sumo Logic"
TITLE = "Keys of Sumo Logic"
REPAIR = (
    "revoke it at Sumo Logic (Administration, Security, Access keys), look at what it was used for, and keep "
    "its successor in the vault"
)

RULES = (
    {
        "id": "sumologic-access-key",
        "title": "A Sumo Logic access key",
        "pattern": (
            r'(?i:sumo)[A-Za-z0-9_ .-]{0,20}(?i:key|secret|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{64})\b'
        ),
        "keywords": ("sumo",),
        "min_entropy": 4.5,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SUMO_API_KEY=<secret>",
                "[A-Za-z0-9]{64}",
            ),
            (
                '"sumo_api_key": "<secret>"',
                "[A-Za-z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "SUMO_API_KEY=<secret>",
                "x{64}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{64}",
            ),
        ),
    },
    {
        "id": "sumologic-access-id",
        "title": "A Sumo Logic access ID",
        "pattern": (
            r'(?i:sumo)[A-Za-z0-9_ .-]{0,20}(?i:id)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|'
            r'[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>su[A-Za-z0-9]{12})\b'
        ),
        "keywords": ("sumo",),
        "min_entropy": 2.7,
        "severity": "low",
        "confidence": "medium",
        "binary": False,
        "fires": (
            (
                "SUMO_ID=<secret>",
                "su[A-Za-z0-9]{12}",
            ),
            (
                '"sumo_id": "<secret>"',
                "su[A-Za-z0-9]{12}",
            ),
        ),
        "quiet": (
            (
                "SUMO_ID=<secret>",
                "sux{12}",
            ),
            (
                "checksum: <secret>",
                "su[A-Za-z0-9]{12}",
            ),
        ),
    },
)
