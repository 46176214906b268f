"""Twilio auth tokens and API keys, and SendGrid API keys.

**Why it matters.** Whoever holds one sends messages and calls in your name and at your cost, and reads those that
were sent.

**How it is found.** SendGrid keys by their shape (`SG.` and two parts); Twilio's have no face of their own and count
near the word.

**How to repair it.** Promote a secondary auth token or delete the API key (Account, API keys and tokens; SendGrid:
Settings, API keys), and read the usage log.

**Source.** Twilio documentation, "API keys" and "Auth tokens and how to change them"; SendGrid documentation, "API
keys".
"""

PROVIDER = "Twilio"
TITLE = "Twilio and SendGrid keys"
REPAIR = "delete the key in the provider's console, read the usage log, and keep its successor in the vault"

RULES = (
    {
        "id": "twilio-api-key",
        "title": "A Twilio API key",
        "pattern": r"\b(?P<secret>SK[0-9a-f]{32})\b",
        "keywords": ("sk",),
        "near": ("twilio",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "TWILIO_API_KEY=<secret>",
                "SK[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "sha: <secret>",
                "SK[0-9a-f]{32}",
            ),
        ),
    },
    {
        "id": "twilio-auth-token",
        "title": "A Twilio auth token",
        "pattern": (
            r'(?i:auth|token)[A-Za-z_]{0,20}["\x27]?[ \t]{0,8}(?:[:=]{1,2}>?|,)[ \t]{0,8}["\x27]?(?P<s'
            r"ecret>[0-9a-f]{32})\b"
        ),
        "keywords": (
            "auth",
            "token",
        ),
        "near": ("twilio",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "TWILIO_AUTH_TOKEN=<secret>",
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "AUTH_TOKEN=<secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
    {
        "id": "sendgrid-api-key",
        "title": "A SendGrid API key",
        "pattern": r"\b(?P<secret>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("sg.",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SENDGRID_API_KEY=<secret>",
                r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": (
            (
                "k=<secret>",
                r"SG\.x{22}\.x{43}",
            ),
        ),
    },
)
