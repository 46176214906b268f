"""Tokens of Drone.

**Why it matters.** A token reads and starts pipelines and changes their secrets.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Drone (User settings, Token), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Drone.
"""

PROVIDER = "Drone"
TITLE = "Tokens of Drone"
REPAIR = "revoke it at Drone (User settings, Token), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "drone-token",
        "title": "A Drone token",
        "pattern": (
            r'(?i:drone)[A-Za-z0-9_ .-]{0,20}(?i:token|rpc_secret|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{32})\b'
        ),
        "keywords": ("drone",),
        "min_entropy": 3.9,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "DRONE_TOKEN=<secret>",
                "[A-Za-z0-9]{32}",
            ),
            (
                '"drone_token": "<secret>"',
                "[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "DRONE_TOKEN=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
    },
)
