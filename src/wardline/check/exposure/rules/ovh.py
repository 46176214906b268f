"""Keys of OVHcloud.

**Why it matters.** A key acts as its owner: machines, domains, mail.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at OVHcloud (API, My applications), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of OVHcloud.
"""

PROVIDER = "OVHcloud"
TITLE = "Keys of OVHcloud"
REPAIR = (
    "revoke it at OVHcloud (API, My applications), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "ovh-application-secret",
        "title": "An OVHcloud application secret or consumer key",
        "pattern": (
            r"(?:\b|_)(?i:ovh)[_. -][A-Za-z0-9_ .-]{0,20}(?i:secret|consumer_?key)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[0-9a-f]{32}|[A-Za-z0-9]{32})\b"
        ),
        "keywords": ("ovh",),
        "min_entropy": 2.9,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "OVH_SECRET=<secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{32}",
            ),
            (
                '"ovh_secret": "<secret>"',
                "[0-9a-f]{32}|[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "OVH_SECRET=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{32}",
            ),
        ),
    },
)
