"""Keys of Scaleway.

**Why it matters.** A key acts as its owner: machines, storage, databases.

**How it is found.** By its prefix `SCW` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Scaleway (IAM, API keys), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Scaleway.
"""

PROVIDER = "Scaleway"
TITLE = "Keys of Scaleway"
REPAIR = "revoke it at Scaleway (IAM, API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "scaleway-secret-key",
        "title": "A Scaleway secret key",
        "pattern": (
            r"(?:\b|_)(?i:scaleway|scw)[_. -][A-Za-z0-9_ .-]{0,20}(?i:secret|token|key)[A-Za-z0-9_]"
            r'{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": (
            "scaleway",
            "scw",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SCW_SECRET_KEY=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "SCW_SECRET_KEY=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
    {
        "id": "scaleway-access-key-id",
        "title": "A Scaleway access key ID",
        "pattern": r"\b(?P<secret>SCW[A-Z0-9]{17})\b",
        "keywords": ("scw",),
        "min_entropy": 3.2,
        "severity": "low",
        "confidence": "high",
        "fires": (
            (
                "SCALEWAY_ACCESS_KEY_ID=<secret>",
                "SCW[A-Z0-9]{17}",
            ),
        ),
        "quiet": (
            (
                "SCALEWAY_ACCESS_KEY_ID=<secret>",
                "SCWX{17}",
            ),
            (
                "checksum: x<secret>",
                "SCW[A-Z0-9]{17}",
            ),
        ),
    },
)
