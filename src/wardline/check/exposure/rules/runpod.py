"""Keys of RunPod.

**Why it matters.** A key starts machines at your cost and opens those that run.

**How it is found.** By its prefix `rpa_` and the length and letters of what follows.

**How to repair it.** Revoke it at RunPod (Settings, API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of RunPod.
"""

PROVIDER = "RunPod"
TITLE = "Keys of RunPod"
REPAIR = "revoke it at RunPod (Settings, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "runpod-key",
        "title": "A RunPod API key",
        "pattern": r"\b(?P<secret>rpa_[A-Z0-9]{38,46})\b",
        "keywords": ("rpa_",),
        "min_entropy": 4.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "RUNPOD_KEY=<secret>",
                "rpa_[A-Z0-9]{42}",
            ),
        ),
        "quiet": (
            (
                "RUNPOD_KEY=<secret>",
                "rpa_X{42}",
            ),
            (
                "checksum: x<secret>",
                "rpa_[A-Z0-9]{42}",
            ),
        ),
    },
)
