"""Tokens of JFrog.

**Why it matters.** A token pulls private packages, or replaces those that everybody installs.

**How it is found.** By the prefixes `AKCp`, `cmVmd` and the length and letters of what follows; what has no face of
its own counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at JFrog (User profile, API key or Identity tokens), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
JFrog.
"""

PROVIDER = "JFrog"
TITLE = "Tokens of JFrog"
REPAIR = (
    "revoke it at JFrog (User profile, API key or Identity tokens), look at what it was used for, and keep its"
    " successor in the vault"
)

RULES = (
    {
        "id": "jfrog-api-key",
        "title": "A JFrog API key",
        "pattern": r"\b(?P<secret>AKCp[A-Za-z0-9]{69})\b",
        "keywords": ("akcp",),
        "min_entropy": 4.6,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "JFROG_API_KEY=<secret>",
                "AKCp[A-Za-z0-9]{69}",
            ),
        ),
        "quiet": (
            (
                "JFROG_API_KEY=<secret>",
                "AKCpx{69}",
            ),
            (
                "checksum: x<secret>",
                "AKCp[A-Za-z0-9]{69}",
            ),
        ),
    },
    {
        "id": "jfrog-reference-token",
        "title": "A JFrog reference token",
        "pattern": r"\b(?P<secret>cmVmd[A-Za-z0-9]{59})\b",
        "keywords": ("cmvmd",),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "JFROG_REFERENCE_TOKEN=<secret>",
                "cmVmd[A-Za-z0-9]{59}",
            ),
        ),
        "quiet": (
            (
                "JFROG_REFERENCE_TOKEN=<secret>",
                "cmVmdx{59}",
            ),
            (
                "checksum: x<secret>",
                "cmVmd[A-Za-z0-9]{59}",
            ),
        ),
    },
    {
        "id": "jfrog-identity-token",
        "title": "A JFrog key or identity token",
        "pattern": (
            "(?i:jfrog|artifactory|bintray|xray)[A-Za-z0-9_ .-]{0,20}(?i:key|token|password|secret)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>[A-Za-z0-9]{73}|[A-Za-z0-9]{64})\b"
        ),
        "keywords": (
            "artifactory",
            "bintray",
            "jfrog",
            "xray",
        ),
        "min_entropy": 4.6,
        "allow": (
            "AKCp[A-Za-z0-9]{69}",
            "cmVmd[A-Za-z0-9]{59}",
        ),
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "ARTIFACTORY_API_KEY=<secret>",
                "[A-Za-z0-9]{73}|[A-Za-z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "ARTIFACTORY_API_KEY=<secret>",
                "x{73}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{73}|[A-Za-z0-9]{64}",
            ),
        ),
    },
)
