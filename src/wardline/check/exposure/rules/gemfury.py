"""Tokens of Gemfury.

**Why it matters.** A token pulls private packages, or publishes in your name.

**How it is found.** By the place where it stands: the address, header or command around it; by its shape where "fury"
stands near it.

**How to repair it.** Revoke it at Gemfury (Settings, Tokens), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Gemfury.
"""

PROVIDER = "Gemfury"
TITLE = "Tokens of Gemfury"
REPAIR = "revoke it at Gemfury (Settings, Tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "gemfury-url-token",
        "title": "A Gemfury token in an address",
        "pattern": r"\bhttps?://(?P<secret>[A-Za-z0-9]{20,22})(?::[^@ /\n]{0,40})?@[a-z.-]{0,40}fury\.io/",
        "keywords": ("fury.io",),
        "min_entropy": 3.1,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "--extra-index-url https://<secret>@pypi.fury.io/acme/",
                "[A-Za-z0-9]{20}",
            ),
        ),
        "quiet": (
            (
                "--extra-index-url https://<secret>@pypi.fury.io/acme/",
                "x{20}",
            ),
        ),
    },
    {
        "id": "gemfury-token",
        "title": "A Gemfury token",
        "pattern": r"\b(?P<secret>(?:ft|fp)_[A-Za-z0-9]{28})\b",
        "keywords": (
            "ft_",
            "fp_",
        ),
        "near": ("fury",),
        "min_entropy": 3.8,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "FURY_TOKEN=<secret>",
                "(?:ft|fp)_[A-Za-z0-9]{28}",
            ),
        ),
        "quiet": (
            (
                "FURY_TOKEN=<secret>",
                "(?:ft|fp)_x{28}",
            ),
            (
                "checksum: <secret>",
                "(?:ft|fp)_[A-Za-z0-9]{28}",
            ),
        ),
    },
)
