"""Keys of LlamaCloud.

**Why it matters.** A key reads the documents that were uploaded.

**How it is found.** By its prefix `llx-` and the length and letters of what follows.

**How to repair it.** Revoke it at LlamaCloud (API keys), look at what it was used for since it was written down, make
a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of LlamaCloud.
"""

PROVIDER = "LlamaCloud"
TITLE = "Keys of LlamaCloud"
REPAIR = "revoke it at LlamaCloud (API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "llamacloud-key",
        "title": "A LlamaCloud API key",
        "pattern": r"\b(?P<secret>llx-[A-Za-z0-9]{48})\b",
        "keywords": ("llx-",),
        "min_entropy": 4.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "LLAMACLOUD_KEY=<secret>",
                "llx-[A-Za-z0-9]{48}",
            ),
        ),
        "quiet": (
            (
                "LLAMACLOUD_KEY=<secret>",
                "llx-x{48}",
            ),
            (
                "checksum: x<secret>",
                "llx-[A-Za-z0-9]{48}",
            ),
        ),
    },
)
