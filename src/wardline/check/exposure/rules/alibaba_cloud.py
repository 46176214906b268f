"""Access keys of Alibaba Cloud.

**Why it matters.** A key acts as its user: machines, storage, databases.

**How it is found.** By its prefix `LTAI` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Alibaba Cloud (RAM console, Users, AccessKey), look at what it was used for since
it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Alibaba Cloud.
"""

PROVIDER = "Alibaba Cloud"
TITLE = "Access keys of Alibaba Cloud"
REPAIR = (
    "revoke it at Alibaba Cloud (RAM console, Users, AccessKey), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "alibaba-access-key-id",
        "title": "An Alibaba Cloud access key ID",
        "pattern": r"\b(?P<secret>LTAI[A-Za-z0-9]{12,20})\b",
        "keywords": ("ltai",),
        "min_entropy": 3.3,
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "ALIBABA_ACCESS_KEY_ID=<secret>",
                "LTAI[A-Za-z0-9]{20}",
            ),
        ),
        "quiet": (
            (
                "ALIBABA_ACCESS_KEY_ID=<secret>",
                "LTAIx{20}",
            ),
            (
                "checksum: x<secret>",
                "LTAI[A-Za-z0-9]{20}",
            ),
        ),
    },
    {
        "id": "alibaba-secret-key",
        "title": "An Alibaba Cloud access key secret",
        "pattern": (
            "(?i:alibaba|aliyun|alicloud|access_?key_?secret)[A-Za-z0-9_ .-]{0,30}(?i:secret|key)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>[A-Za-z0-9]{30})\b"
        ),
        "keywords": (
            "ali",
            "accesskeysecret",
            "access_key_secret",
        ),
        "min_entropy": 3.6,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET=<secret>",
                "[A-Za-z0-9]{30}",
            ),
        ),
        "quiet": (
            (
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET=<secret>",
                "x{30}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{30}",
            ),
        ),
    },
)
