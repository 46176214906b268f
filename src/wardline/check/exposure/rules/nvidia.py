"""Keys of NVIDIA NGC and NIM.

**Why it matters.** A key pulls private images and models, and spends your money.

**How it is found.** By its prefix `nvapi-` and the length and letters of what follows.

**How to repair it.** Revoke it at NVIDIA (NGC, Setup, Generate API key), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of NVIDIA.
"""

PROVIDER = "NVIDIA"
TITLE = "Keys of NVIDIA NGC and NIM"
REPAIR = (
    "revoke it at NVIDIA (NGC, Setup, Generate API key), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "nvidia-key",
        "title": "An NVIDIA API key",
        "pattern": r"\b(?P<secret>nvapi-[A-Za-z0-9_-]{64})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("nvapi-",),
        "min_entropy": 4.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NVIDIA_KEY=<secret>",
                "nvapi-[A-Za-z0-9_-]{64}",
            ),
        ),
        "quiet": (
            (
                "NVIDIA_KEY=<secret>",
                "nvapi-x{64}",
            ),
            (
                "checksum: x<secret>",
                "nvapi-[A-Za-z0-9_-]{64}",
            ),
        ),
    },
)
