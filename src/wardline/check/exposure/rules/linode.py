"""Tokens of Linode (Akamai).

**Why it matters.** A token makes and deletes machines, and resets their passwords.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Linode (Profile, API Tokens), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Linode.
"""

PROVIDER = "Linode"
TITLE = "Tokens of Linode (Akamai)"
REPAIR = "revoke it at Linode (Profile, API Tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "linode-token",
        "title": "A Linode token",
        "pattern": (
            r'(?i:linode)[A-Za-z0-9_ .-]{0,20}(?i:token|key|pat)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{64})\b'
        ),
        "keywords": ("linode",),
        "min_entropy": 3.3,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "LINODE_TOKEN=<secret>",
                "[0-9a-f]{64}",
            ),
            (
                '"linode_token": "<secret>"',
                "[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "LINODE_TOKEN=<secret>",
                "0{64}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{64}",
            ),
        ),
    },
)
