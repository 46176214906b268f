"""Keys of Azure OpenAI.

**Why it matters.** A key spends your money, and reads files that were uploaded.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Azure OpenAI (the resource, Keys and Endpoint, Regenerate), look at what it was
used for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Azure OpenAI.
"""

PROVIDER = "Azure OpenAI"
TITLE = "Keys of Azure OpenAI"
REPAIR = (
    "revoke it at Azure OpenAI (the resource, Keys and Endpoint, Regenerate), look at what it was used for, "
    "and keep its successor in the vault"
)

RULES = (
    {
        "id": "azure-openai-key",
        "title": "An Azure OpenAI key",
        "pattern": (
            "(?i:azure_?openai|azure_?open_ai|openai_?azure)[A-Za-z0-9_ .-]{0,20}(?i:key|token)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>[0-9a-f]{32})\b"
        ),
        "keywords": ("azure",),
        "min_entropy": 2.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "AZURE_OPENAI_API_KEY=<secret>",
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "AZURE_OPENAI_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
)
