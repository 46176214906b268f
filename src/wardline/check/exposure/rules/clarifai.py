"""Keys of Clarifai.

**Why it matters.** A key reads your models and inputs.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Clarifai (Settings, Security), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Clarifai.
"""

PROVIDER = "Clarifai"
TITLE = "Keys of Clarifai"
REPAIR = "revoke it at Clarifai (Settings, Security), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "clarifai-key",
        "title": "A Clarifai token",
        "pattern": (
            r'(?i:clarifai)[A-Za-z0-9_ .-]{0,20}(?i:key|token|pat)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32})\b'
        ),
        "keywords": ("clarifai",),
        "min_entropy": 2.7,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "CLARIFAI_API_KEY=<secret>",
                "[0-9a-f]{32}",
            ),
            (
                '"clarifai_api_key": "<secret>"',
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "CLARIFAI_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
)
