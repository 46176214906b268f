"""Keys of Cohere.

**Why it matters.** A key spends your money, and reads what was fine-tuned with your data.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Cohere (Dashboard, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of Cohere.
"""

PROVIDER = "Cohere"
TITLE = "Keys of Cohere"
REPAIR = "revoke it at Cohere (Dashboard, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "cohere-key",
        "title": "A Cohere API key",
        "pattern": (
            r'(?:\b|_)(?i:cohere|co)[_. -][A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]'
            r']{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{40})\b'
        ),
        "keywords": (
            "co",
            "cohere",
        ),
        "min_entropy": 3.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "COHERE_API_KEY=<secret>",
                "[A-Za-z0-9]{40}",
            ),
            (
                "CO_API_KEY=<secret>",
                "[A-Za-z0-9]{40}",
            ),
        ),
        "quiet": (
            (
                "COHERE_API_KEY=<secret>",
                "x{40}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{40}",
            ),
        ),
    },
)
