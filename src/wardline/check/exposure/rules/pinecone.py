"""Keys of Pinecone.

**Why it matters.** A key reads and deletes the vectors of all your documents, with their texts.

**How it is found.** By its prefix `pcsk_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Pinecone (API keys), look at what it was used for since it was written down, make a
new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Pinecone.
"""

PROVIDER = "Pinecone"
TITLE = "Keys of Pinecone"
REPAIR = "revoke it at Pinecone (API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "pinecone-key",
        "title": "A Pinecone API key",
        "pattern": r"\b(?P<secret>pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63})\b",
        "keywords": ("pcsk_",),
        "min_entropy": 4.7,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "PINECONE_KEY=<secret>",
                "pcsk_[A-Za-z0-9]{6}_[A-Za-z0-9]{63}",
            ),
        ),
        "quiet": (
            (
                "PINECONE_KEY=<secret>",
                "pcsk_x{6}_x{63}",
            ),
            (
                "checksum: x<secret>",
                "pcsk_[A-Za-z0-9]{6}_[A-Za-z0-9]{63}",
            ),
        ),
    },
    {
        "id": "pinecone-legacy-key",
        "title": "A Pinecone API key of the older kind",
        "pattern": (
            r'(?i:pinecone)[A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-'
            r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("pinecone",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "PINECONE_API_KEY=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
            (
                '"pinecone_api_key": "<secret>"',
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "PINECONE_API_KEY=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
