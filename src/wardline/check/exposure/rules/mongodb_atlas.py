"""Keys of MongoDB Atlas.

**Why it matters.** A key changes who may reach which database.

**How it is found.** By its prefix `mdb_sa_sk_` and the length and letters of what follows; what has no face of its
own counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at MongoDB Atlas (Access manager, Applications), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
MongoDB Atlas.
"""

PROVIDER = "MongoDB Atlas"
TITLE = "Keys of MongoDB Atlas"
REPAIR = (
    "revoke it at MongoDB Atlas (Access manager, Applications), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "mongodb-service-account-secret",
        "title": "A MongoDB Atlas service account secret",
        "pattern": r"\b(?P<secret>mdb_sa_sk_[A-Za-z0-9_-]{40})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("mdb_sa_sk_",),
        "min_entropy": 4.2,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "MONGODB_SERVICE_ACCOUNT_SECRET=<secret>",
                "mdb_sa_sk_[A-Za-z0-9_-]{40}",
            ),
        ),
        "quiet": (
            (
                "MONGODB_SERVICE_ACCOUNT_SECRET=<secret>",
                "mdb_sa_sk_x{40}",
            ),
            (
                "checksum: x<secret>",
                "mdb_sa_sk_[A-Za-z0-9_-]{40}",
            ),
        ),
    },
    {
        "id": "mongodb-atlas-key",
        "title": "A MongoDB Atlas private API key",
        "pattern": (
            "(?i:atlas|mongodb_?atlas|mcli)[A-Za-z0-9_ .-]{0,20}(?i:private_?(?:api_?)?key|private)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": (
            "atlas",
            "mcli",
            "mongodb",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "MONGODB_ATLAS_PRIVATE_KEY=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "MONGODB_ATLAS_PRIVATE_KEY=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
