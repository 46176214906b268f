"""Tokens of Hetzner Cloud.

**Why it matters.** A token makes and deletes machines, and resets their passwords.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Hetzner (the project, Security, API tokens), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Hetzner.
"""

PROVIDER = "Hetzner"
TITLE = "Tokens of Hetzner Cloud"
REPAIR = (
    "revoke it at Hetzner (the project, Security, API tokens), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "hetzner-token",
        "title": "A Hetzner Cloud token",
        "pattern": (
            r'(?i:hetzner|hcloud)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{64})\b'
        ),
        "keywords": (
            "hcloud",
            "hetzner",
        ),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "HETZNER_TOKEN=<secret>",
                "[A-Za-z0-9]{64}",
            ),
            (
                '"hetzner_token": "<secret>"',
                "[A-Za-z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "HETZNER_TOKEN=<secret>",
                "x{64}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{64}",
            ),
        ),
    },
)
