"""Tokens of Airtable.

**Why it matters.** A token reads and changes every base that it may.

**How it is found.** By its prefix `pat` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Airtable (Builder hub, Personal access tokens), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Airtable.
"""

PROVIDER = "Airtable"
TITLE = "Tokens of Airtable"
REPAIR = (
    "revoke it at Airtable (Builder hub, Personal access tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "airtable-token",
        "title": "An Airtable personal access token",
        "pattern": r"\b(?P<secret>pat[A-Za-z0-9]{14}\.[0-9a-f]{64})\b",
        "keywords": ("pat",),
        "min_entropy": 3.9,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "AIRTABLE_TOKEN=<secret>",
                r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "AIRTABLE_TOKEN=<secret>",
                r"patx{14}\.0{64}",
            ),
            (
                "checksum: x<secret>",
                r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
            ),
        ),
    },
    {
        "id": "airtable-legacy-key",
        "title": "An Airtable API key of the older kind",
        "pattern": (
            r'(?i:airtable)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>key[A-Za-z0-9]{14})\b'
        ),
        "keywords": ("airtable",),
        "min_entropy": 2.9,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "fires": (
            (
                "AIRTABLE_API_KEY=<secret>",
                "key[A-Za-z0-9]{14}",
            ),
            (
                '"airtable_api_key": "<secret>"',
                "key[A-Za-z0-9]{14}",
            ),
        ),
        "quiet": (
            (
                "AIRTABLE_API_KEY=<secret>",
                "keyx{14}",
            ),
            (
                "checksum: <secret>",
                "key[A-Za-z0-9]{14}",
            ),
        ),
    },
)
