"""Keys of Mistral AI.

**Why it matters.** A key spends your money, and reads files that were uploaded.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Mistral AI (Workspace, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Mistral AI.
"""

PROVIDER = "Mistral AI"
TITLE = "Keys of Mistral AI"
REPAIR = (
    "revoke it at Mistral AI (Workspace, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "mistral-key",
        "title": "A Mistral AI API key",
        "pattern": (
            r'(?i:mistral)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}'
            r'(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{32})\b'
        ),
        "keywords": ("mistral",),
        "min_entropy": 3.8,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "MISTRAL_API_KEY=<secret>",
                "[A-Za-z0-9]{32}",
            ),
            (
                '"mistral_api_key": "<secret>"',
                "[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "MISTRAL_API_KEY=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
    },
)
