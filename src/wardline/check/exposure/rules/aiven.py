"""Tokens of Aiven.

**Why it matters.** A token reads the passwords of all databases.

**How it is found.** By its prefix `AVNS_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Aiven (User information, Tokens), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** Aiven documentation, "Service users and passwords" (`AVNS_`).
"""

PROVIDER = "Aiven"
TITLE = "Tokens of Aiven"
REPAIR = (
    "revoke it at Aiven (User information, Tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "aiven-token",
        "title": "An Aiven token",
        "pattern": (
            r'(?i:aiven)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?'
            r':=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9+/=]{372}|aivenv1'
            r"[A-Za-z0-9+/=]{100,700})(?:[^A-Za-z0-9_+/=\n-]|$)"
        ),
        "keywords": ("aiven",),
        "min_entropy": 5.5,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "AIVEN_TOKEN=<secret>",
                "aivenv1[A-Za-z0-9+/]{300}",
            ),
            (
                '"aiven_token": "<secret>"',
                "aivenv1[A-Za-z0-9+/]{300}",
            ),
        ),
        "quiet": (
            (
                "AIVEN_TOKEN=<secret>",
                "aivenv1x{300}",
            ),
            (
                "checksum: <secret>",
                "aivenv1[A-Za-z0-9+/]{300}",
            ),
        ),
    },
    {
        "id": "aiven-service-password",
        "title": "A password of an Aiven service",
        "pattern": r"\b(?P<secret>AVNS_[A-Za-z0-9_-]{19})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("avns_",),
        "min_entropy": 3.2,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "AIVEN_SERVICE_PASSWORD=<secret>",
                "AVNS_[A-Za-z0-9_-]{19}",
            ),
        ),
        "quiet": (
            (
                "AIVEN_SERVICE_PASSWORD=<secret>",
                "AVNS_x{19}",
            ),
            (
                "checksum: x<secret>",
                "AVNS_[A-Za-z0-9_-]{19}",
            ),
        ),
    },
)
