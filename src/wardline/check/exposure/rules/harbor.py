"""Robot accounts of Harbor.

**Why it matters.** A robot pulls or pushes images.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Harbor (the project, Robot accounts), look at what it was used for since it was
written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Harbor.
"""

PROVIDER = "Harbor"
TITLE = "Robot accounts of Harbor"
REPAIR = (
    "revoke it at Harbor (the project, Robot accounts), look at what it was used for, and keep its successor "
    "in the vault"
)

RULES = (
    {
        "id": "harbor-robot-secret",
        "title": "A Harbor robot secret",
        "pattern": (
            "(?i:harbor)[A-Za-z0-9_ .-]{0,20}(?i:robot|secret|token|password)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[A-Za-z0-9]{32})\b"
        ),
        "keywords": ("harbor",),
        "min_entropy": 3.9,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "HARBOR_ROBOT=<secret>",
                "[A-Za-z0-9]{32}",
            ),
            (
                '"harbor_robot": "<secret>"',
                "[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "HARBOR_ROBOT=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
    },
)
