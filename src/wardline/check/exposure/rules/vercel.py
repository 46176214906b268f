"""Tokens of Vercel.

**Why it matters.** A token deploys, and reads the environment of every project.

**How it is found.** By its prefix `vercel_blob_rw_` and the length and letters of what follows; what has no face of
its own counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Vercel (Account settings, Tokens), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Vercel.
"""

PROVIDER = "Vercel"
TITLE = "Tokens of Vercel"
REPAIR = (
    "revoke it at Vercel (Account settings, Tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "vercel-token",
        "title": "A Vercel token",
        "pattern": (
            r"(?:\b|_)(?i:vercel|now)[_. -][A-Za-z0-9_ .-]{0,20}(?i:token|secret)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[A-Za-z0-9]{24})\b"
        ),
        "keywords": (
            "now",
            "vercel",
        ),
        "min_entropy": 3.4,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "VERCEL_TOKEN=<secret>",
                "[A-Za-z0-9]{24}",
            ),
        ),
        "quiet": (
            (
                "VERCEL_TOKEN=<secret>",
                "x{24}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{24}",
            ),
        ),
    },
    {
        "id": "vercel-blob-token",
        "title": "A Vercel Blob token",
        "pattern": r"\b(?P<secret>vercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30})\b",
        "keywords": ("vercel_blob_rw_",),
        "min_entropy": 4.4,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "VERCEL_BLOB_TOKEN=<secret>",
                "vercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30}",
            ),
        ),
        "quiet": (
            (
                "VERCEL_BLOB_TOKEN=<secret>",
                "vercel_blob_rw_x{16}_x{30}",
            ),
            (
                "checksum: x<secret>",
                "vercel_blob_rw_[A-Za-z0-9]{16}_[A-Za-z0-9]{30}",
            ),
        ),
    },
)
