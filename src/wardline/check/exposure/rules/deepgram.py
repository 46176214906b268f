"""Keys of Deepgram.

**Why it matters.** A key reads transcripts, and spends your money.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Deepgram (Settings, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Deepgram.
"""

PROVIDER = "Deepgram"
TITLE = "Keys of Deepgram"
REPAIR = "revoke it at Deepgram (Settings, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "deepgram-key",
        "title": "A Deepgram API key",
        "pattern": (
            r'(?i:deepgram)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{40})\b'
        ),
        "keywords": ("deepgram",),
        "min_entropy": 3.1,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "DEEPGRAM_API_KEY=<secret>",
                "[0-9a-f]{40}",
            ),
            (
                '"deepgram_api_key": "<secret>"',
                "[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "DEEPGRAM_API_KEY=<secret>",
                "0{40}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{40}",
            ),
        ),
    },
)
