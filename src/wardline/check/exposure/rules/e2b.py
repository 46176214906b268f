"""Keys of E2B.

**Why it matters.** A key runs code in your sandboxes, at your cost.

**How it is found.** By its prefix `e2b_` and the length and letters of what follows.

**How to repair it.** Revoke it at E2B (Dashboard, API keys), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of E2B.
"""

PROVIDER = "E2B"
TITLE = "Keys of E2B"
REPAIR = "revoke it at E2B (Dashboard, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "e-two-b-key",
        "title": "An E2B API key",
        "pattern": r"\b(?P<secret>e2b_[0-9a-f]{40})\b",
        "keywords": ("e2b_",),
        "min_entropy": 3.1,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "E_TWO_B_KEY=<secret>",
                "e2b_[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "E_TWO_B_KEY=<secret>",
                "e2b_0{40}",
            ),
            (
                "checksum: x<secret>",
                "e2b_[0-9a-f]{40}",
            ),
        ),
    },
)
