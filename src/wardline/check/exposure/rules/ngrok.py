"""Tokens of ngrok.

**Why it matters.** A token opens tunnels in your name; a key reads where they lead.

**How it is found.** By the place where it stands: the address, header or command around it; what has no face of its
own counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at ngrok (Your Authtoken; API keys), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of ngrok.
"""

PROVIDER = "ngrok"
TITLE = "Tokens of ngrok"
REPAIR = (
    "revoke it at ngrok (Your Authtoken; API keys), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "ngrok-token",
        "title": "An ngrok authtoken or key",
        "pattern": (
            r'(?i:ngrok)[A-Za-z0-9_ .-]{0,20}(?i:token|key|auth)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9][A-Za-z0-9]{26}_'
            r"[A-Za-z0-9]{20,22})\b"
        ),
        "keywords": ("ngrok",),
        "min_entropy": 4.3,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "NGROK_AUTHTOKEN=<secret>",
                "2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}",
            ),
        ),
        "quiet": (
            (
                "NGROK_AUTHTOKEN=<secret>",
                "2x{26}_x{21}",
            ),
            (
                "checksum: <secret>",
                "2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}",
            ),
        ),
    },
    {
        "id": "ngrok-configured-token",
        "title": "An ngrok authtoken on a command line",
        "pattern": (
            r'\bngrok[ ](?:config[ ]add-)?authtoken[ ]["\x27]?(?P<secret>[0-9][A-Za-z0-9]{26}_'
            r"[A-Za-z0-9]{20,22})\b"
        ),
        "keywords": ("ngrok",),
        "min_entropy": 4.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "ngrok config add-authtoken <secret>",
                "2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}",
            ),
        ),
        "quiet": (
            (
                "ngrok config add-authtoken <secret>",
                "2x{26}_x{21}",
            ),
        ),
    },
)
