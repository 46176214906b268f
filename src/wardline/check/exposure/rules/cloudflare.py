"""Tokens of Cloudflare in the scannable format.

**Why it matters.** A token changes DNS, certificates, workers and rules; the global key does everything.

**How it is found.** By the prefixes `cfut_`, `cfat_`, `cfk_` and the length and letters of what follows.

**How to repair it.** Revoke it at Cloudflare (My Profile or Manage Account, API Tokens), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** Cloudflare documentation, "Token formats" (prefix, 40 characters, checksum; how the checksum is made is
not said there).
"""

PROVIDER = "Cloudflare"
TITLE = "Tokens of Cloudflare in the scannable format"
REPAIR = (
    "revoke it at Cloudflare (My Profile or Manage Account, API Tokens), look at what it was used for, and "
    "keep its successor in the vault"
)

RULES = (
    {
        "id": "cloudflare-user-token",
        "title": "A Cloudflare user API token",
        "pattern": r"\b(?P<secret>cfut_[A-Za-z0-9]{40}[0-9a-f]{8})\b",
        "keywords": ("cfut_",),
        "min_entropy": 4.4,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CLOUDFLARE_USER_TOKEN=<secret>",
                "cfut_[A-Za-z0-9]{40}[0-9a-f]{8}",
            ),
        ),
        "quiet": (
            (
                "CLOUDFLARE_USER_TOKEN=<secret>",
                "cfut_x{40}0{8}",
            ),
            (
                "checksum: x<secret>",
                "cfut_[A-Za-z0-9]{40}[0-9a-f]{8}",
            ),
        ),
    },
    {
        "id": "cloudflare-account-token",
        "title": "A Cloudflare account API token",
        "pattern": r"\b(?P<secret>cfat_[A-Za-z0-9]{40}[0-9a-f]{8})\b",
        "keywords": ("cfat_",),
        "min_entropy": 4.3,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CLOUDFLARE_ACCOUNT_TOKEN=<secret>",
                "cfat_[A-Za-z0-9]{40}[0-9a-f]{8}",
            ),
        ),
        "quiet": (
            (
                "CLOUDFLARE_ACCOUNT_TOKEN=<secret>",
                "cfat_x{40}0{8}",
            ),
            (
                "checksum: x<secret>",
                "cfat_[A-Za-z0-9]{40}[0-9a-f]{8}",
            ),
        ),
    },
    {
        "id": "cloudflare-global-key",
        "title": "A Cloudflare global API key",
        "pattern": r"\b(?P<secret>cfk_[A-Za-z0-9]{40}[0-9a-f]{8})\b",
        "keywords": ("cfk_",),
        "min_entropy": 4.3,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CLOUDFLARE_GLOBAL_KEY=<secret>",
                "cfk_[A-Za-z0-9]{40}[0-9a-f]{8}",
            ),
        ),
        "quiet": (
            (
                "CLOUDFLARE_GLOBAL_KEY=<secret>",
                "cfk_x{40}0{8}",
            ),
            (
                "checksum: x<secret>",
                "cfk_[A-Za-z0-9]{40}[0-9a-f]{8}",
            ),
        ),
    },
)
