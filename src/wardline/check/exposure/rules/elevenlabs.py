"""Keys of ElevenLabs.

**Why it matters.** A key speaks with the voices that you made, and spends your money.

**How it is found.** By its prefix `sk_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at ElevenLabs (Profile, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of
ElevenLabs.
"""

PROVIDER = "ElevenLabs"
TITLE = "Keys of ElevenLabs"
REPAIR = (
    "revoke it at ElevenLabs (Profile, API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "elevenlabs-key",
        "title": "An ElevenLabs API key",
        "pattern": r"\b(?P<secret>sk_[0-9a-f]{48})\b",
        "keywords": ("sk_",),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "ELEVENLABS_KEY=<secret>",
                "sk_[0-9a-f]{48}",
            ),
        ),
        "quiet": (
            (
                "ELEVENLABS_KEY=<secret>",
                "sk_0{48}",
            ),
            (
                "checksum: x<secret>",
                "sk_[0-9a-f]{48}",
            ),
        ),
    },
    {
        "id": "elevenlabs-legacy-key",
        "title": "An ElevenLabs API key of the older kind",
        "pattern": (
            r'(?i:eleven_?labs|xi_api|xi-api)[A-Za-z0-9_ .-]{0,20}(?i:key)[A-Za-z0-9_]{0,8}["\x27\]]'
            r'{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32})\b'
        ),
        "keywords": (
            "eleven",
            "xi_api",
            "xi-api",
        ),
        "min_entropy": 2.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "ELEVENLABS_API_KEY=<secret>",
                "[0-9a-f]{32}",
            ),
            (
                "xi-api-key: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "ELEVENLABS_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
)
