"""Tokens of Contentful.

**Why it matters.** A token reads what is not published yet; a management token changes and deletes it.

**How it is found.** By its prefix `CFPAT-` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Contentful (Settings, API keys or CMA tokens), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Contentful.
"""

PROVIDER = "Contentful"
TITLE = "Tokens of Contentful"
REPAIR = (
    "revoke it at Contentful (Settings, API keys or CMA tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "contentful-management-token",
        "title": "A Contentful management token",
        "pattern": r"\b(?P<secret>CFPAT-[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("cfpat-",),
        "min_entropy": 4.4,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CONTENTFUL_MANAGEMENT_TOKEN=<secret>",
                "CFPAT-[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "CONTENTFUL_MANAGEMENT_TOKEN=<secret>",
                "CFPAT-x{43}",
            ),
            (
                "checksum: x<secret>",
                "CFPAT-[A-Za-z0-9_-]{43}",
            ),
        ),
    },
    {
        "id": "contentful-delivery-token",
        "title": "A Contentful delivery or preview token",
        "pattern": (
            r'(?i:contentful)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9_-]{43})(?:'
            r"[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("contentful",),
        "min_entropy": 4.1,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "CONTENTFUL_TOKEN=<secret>",
                "[A-Za-z0-9_-]{43}",
            ),
            (
                '"contentful_token": "<secret>"',
                "[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "CONTENTFUL_TOKEN=<secret>",
                "x{43}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{43}",
            ),
        ),
    },
)
