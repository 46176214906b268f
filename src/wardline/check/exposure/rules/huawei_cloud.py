"""Access keys of Huawei Cloud.

**Why it matters.** A key acts as its user: machines, storage, databases.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Huawei Cloud (My Credentials, Access Keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Huawei Cloud.
"""

PROVIDER = "Huawei Cloud"
TITLE = "Access keys of Huawei Cloud"
REPAIR = (
    "revoke it at Huawei Cloud (My Credentials, Access Keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "huawei-secret-key",
        "title": "A Huawei Cloud secret access key",
        "pattern": (
            r"(?:\b|_)(?i:huawei|hwc|hws|hwcloud)[_. -][A-Za-z0-9_ .-]{0,20}(?i:secret|sk|key)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>[A-Za-z0-9]{40})\b"
        ),
        "keywords": (
            "huawei",
            "hwc",
            "hwcloud",
            "hws",
        ),
        "min_entropy": 4.1,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "HUAWEI_SECRET_KEY=<secret>",
                "[A-Za-z0-9]{40}",
            ),
            (
                'HW_X=1; huawei_access_secret: "<secret>"',
                "[A-Za-z0-9]{40}",
            ),
        ),
        "quiet": (
            (
                "HUAWEI_SECRET_KEY=<secret>",
                "x{40}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{40}",
            ),
        ),
    },
)
