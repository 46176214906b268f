"""Access keys of Tencent Cloud.

**Why it matters.** A key acts as its user: machines, storage, databases.

**How it is found.** By its prefix `AKID` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Tencent Cloud (CAM console, API keys), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Tencent Cloud.
"""

PROVIDER = "Tencent Cloud"
TITLE = "Access keys of Tencent Cloud"
REPAIR = (
    "revoke it at Tencent Cloud (CAM console, API keys), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "tencent-secret-id",
        "title": "A Tencent Cloud secret ID",
        "pattern": r"\b(?P<secret>AKID[A-Za-z0-9]{32})\b",
        "keywords": ("akid",),
        "min_entropy": 3.9,
        "severity": "medium",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "TENCENT_SECRET_ID=<secret>",
                "AKID[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "TENCENT_SECRET_ID=<secret>",
                "AKIDx{32}",
            ),
            (
                "checksum: x<secret>",
                "AKID[A-Za-z0-9]{32}",
            ),
        ),
    },
    {
        "id": "tencent-secret-key",
        "title": "A Tencent Cloud secret key",
        "pattern": (
            r'(?i:tencent|qcloud)[A-Za-z0-9_ .-]{0,20}(?i:secret_?key|secret)[A-Za-z0-9_]{0,8}["\x27\]'
            r']{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{32})\b'
        ),
        "keywords": (
            "qcloud",
            "tencent",
        ),
        "min_entropy": 3.8,
        "allow": ("AKID[A-Za-z0-9]{28}",),
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "TENCENT_SECRET_KEY=<secret>",
                "[A-Za-z0-9]{32}",
            ),
            (
                '"tencent_secret_key": "<secret>"',
                "[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "TENCENT_SECRET_KEY=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
    },
)
