"""Keys of Langfuse.

**Why it matters.** A secret key reads prompts and answers with what people wrote in them.

**How it is found.** By its prefix `sk-lf-` and the length and letters of what follows.

**How to repair it.** Revoke it at Langfuse (Project settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Langfuse.
"""

PROVIDER = "Langfuse"
TITLE = "Keys of Langfuse"
REPAIR = (
    "revoke it at Langfuse (Project settings, API keys), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "langfuse-secret-key",
        "title": "A Langfuse secret key",
        "pattern": r"\b(?P<secret>sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
        "keywords": ("sk-lf-",),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "LANGFUSE_SECRET_KEY=<secret>",
                "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "LANGFUSE_SECRET_KEY=<secret>",
                "sk-lf-0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: x<secret>",
                "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
