"""Keys of bunny.net.

**Why it matters.** A key changes what your visitors get, and deletes storage.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at bunny.net (Account settings, API key), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks knows it, not taken from a publication of bunny.net.
"""

PROVIDER = "bunny.net"
TITLE = "Keys of bunny.net"
REPAIR = (
    "revoke it at bunny.net (Account settings, API key), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "bunny-key",
        "title": "A bunny.net key",
        "pattern": (
            "(?i:bunny(?:net|cdn)?)[A-Za-z0-9_ .-]{0,20}(?i:key|token|password)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:[0-9a-f]{8}-[0-9a-f]{4}-"
            r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?)(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("bunny",),
        "min_entropy": 3.4,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "BUNNY_API_KEY=<secret>",
                (
                    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[0-9a-f]{8}-[0-9a-f]{4}-"
                    "[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
                ),
            ),
        ),
        "quiet": (
            (
                "BUNNY_API_KEY=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                (
                    "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[0-9a-f]{8}-[0-9a-f]{4}-"
                    "[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
                ),
            ),
        ),
    },
)
