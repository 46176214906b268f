"""Keys of Tailscale.

**Why it matters.** A key lets a machine into your network, or changes who may reach what.

**How it is found.** By its prefix `tskey-` and the length and letters of what follows.

**How to repair it.** Revoke it at Tailscale (Admin console, Settings, Keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** Tailscale documentation, "Tailscale key prefixes".
"""

PROVIDER = "Tailscale"
TITLE = "Keys of Tailscale"
REPAIR = (
    "revoke it at Tailscale (Admin console, Settings, Keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "tailscale-key",
        "title": "A Tailscale key",
        "pattern": (
            r"\b(?P<secret>tskey-(?:api|auth|client|scim|webhook|partner)-[A-Za-z0-9]{8,20}(?:CNTRL)?-"
            r"[A-Za-z0-9]{20,50})\b"
        ),
        "keywords": ("tskey-",),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "TAILSCALE_KEY=<secret>",
                "tskey-auth-k[A-Za-z0-9]{11}CNTRL-[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "TAILSCALE_KEY=<secret>",
                "tskey-auth-kx{11}CNTRL-x{32}",
            ),
            (
                "checksum: x<secret>",
                "tskey-auth-k[A-Za-z0-9]{11}CNTRL-[A-Za-z0-9]{32}",
            ),
        ),
    },
)
