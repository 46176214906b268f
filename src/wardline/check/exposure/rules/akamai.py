"""Credentials of Akamai.

**Why it matters.** A client changes what your visitors get.

**How it is found.** By its prefix `akab-` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Akamai (Control Center, Identity & access, API clients), look at what it was used
for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Akamai.
"""

PROVIDER = "Akamai"
TITLE = "Credentials of Akamai"
REPAIR = (
    "revoke it at Akamai (Control Center, Identity & access, API clients), look at what it was used for, and "
    "keep its successor in the vault"
)

RULES = (
    {
        "id": "akamai-token",
        "title": "An Akamai EdgeGrid token",
        "pattern": r"\b(?P<secret>akab-[a-z0-9]{16}-[a-z0-9]{16})\b",
        "keywords": ("akab-",),
        "min_entropy": 3.7,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "AKAMAI_TOKEN=<secret>",
                "akab-[a-z0-9]{16}-[a-z0-9]{16}",
            ),
        ),
        "quiet": (
            (
                "AKAMAI_TOKEN=<secret>",
                "akab-x{16}-x{16}",
            ),
            (
                "checksum: x<secret>",
                "akab-[a-z0-9]{16}-[a-z0-9]{16}",
            ),
        ),
    },
    {
        "id": "akamai-client-secret",
        "title": "An Akamai client secret",
        "pattern": (
            r'(?i:akamai|client_secret)[A-Za-z0-9_ .-]{0,20}(?i:secret)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9+/]{43}=)'
            r"(?:[^A-Za-z0-9_=\n-]|$)"
        ),
        "keywords": ("akamai",),
        "min_entropy": 4.2,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "AKAMAI_CLIENT_SECRET=<secret>",
                "[A-Za-z0-9+/]{43}=",
            ),
        ),
        "quiet": (
            (
                "AKAMAI_CLIENT_SECRET=<secret>",
                "x{43}=",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9+/]{43}=",
            ),
        ),
    },
)
