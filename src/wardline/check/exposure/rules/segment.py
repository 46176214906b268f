"""Tokens of Segment.

**Why it matters.** A token reads sources and destinations and their settings; a write key sends false events.

**How it is found.** By its prefix `sgp_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Segment (Settings, Access management, Tokens), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Segment.
"""

PROVIDER = "Segment"
TITLE = "Tokens of Segment"
REPAIR = (
    "revoke it at Segment (Settings, Access management, Tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "segment-public-api-token",
        "title": "A Segment Public API token",
        "pattern": r"\b(?P<secret>sgp_[A-Za-z0-9]{64})\b",
        "keywords": ("sgp_",),
        "min_entropy": 4.7,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SEGMENT_PUBLIC_API_TOKEN=<secret>",
                "sgp_[A-Za-z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "SEGMENT_PUBLIC_API_TOKEN=<secret>",
                "sgp_x{64}",
            ),
            (
                "checksum: x<secret>",
                "sgp_[A-Za-z0-9]{64}",
            ),
        ),
    },
    {
        "id": "segment-token",
        "title": "A Segment API token",
        "pattern": (
            r'(?i:segment)[A-Za-z0-9_ .-]{0,20}(?i:key|token|secret)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9_-]{43}\.'
            r"[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("segment",),
        "min_entropy": 4.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SEGMENT_API_KEY=<secret>",
                r"[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}",
            ),
            (
                '"segment_api_key": "<secret>"',
                r"[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "SEGMENT_API_KEY=<secret>",
                r"x{43}\.x{43}",
            ),
            (
                "checksum: <secret>",
                r"[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}",
            ),
        ),
    },
)
