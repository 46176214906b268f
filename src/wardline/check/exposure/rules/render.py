"""Keys of Render.

**Why it matters.** A key deploys, and reads the environment of every service.

**How it is found.** By its prefix `rnd_` and the length and letters of what follows.

**How to repair it.** Revoke it at Render (Account settings, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Render.
"""

PROVIDER = "Render"
TITLE = "Keys of Render"
REPAIR = (
    "revoke it at Render (Account settings, API keys), look at what it was used for, and keep its successor in"
    " the vault"
)

RULES = (
    {
        "id": "render-key",
        "title": "A Render API key",
        "pattern": r"\b(?P<secret>rnd_[A-Za-z0-9]{28,32})\b",
        "keywords": ("rnd_",),
        "min_entropy": 3.6,
        "allow": ("rnd_[a-z_0-9]{28,32}",),
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "RENDER_KEY=<secret>",
                "rnd_[A-Za-z0-9]{28}",
            ),
        ),
        "quiet": (
            (
                "RENDER_KEY=<secret>",
                "rnd_x{28}",
            ),
            (
                "checksum: x<secret>",
                "rnd_[A-Za-z0-9]{28}",
            ),
        ),
    },
)
