"""Tokens of SonarQube and SonarCloud.

**Why it matters.** A token reads source and findings, and can close them.

**How it is found.** By its prefix `sq` and the length and letters of what follows; what has no face of its own counts
only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at SonarQube (My Account, Security), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** SonarQube Server documentation, "Managing your tokens".
"""

PROVIDER = "SonarQube"
TITLE = "Tokens of SonarQube and SonarCloud"
REPAIR = (
    "revoke it at SonarQube (My Account, Security), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "sonar-token",
        "title": "A SonarQube token",
        "pattern": r"\b(?P<secret>sq[uap]_[0-9a-f]{40})\b",
        "keywords": (
            "squ_",
            "sqa_",
            "sqp_",
        ),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SONAR_TOKEN=<secret>",
                "sq[uap]_[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "SONAR_TOKEN=<secret>",
                "sq0_0{40}",
            ),
            (
                "checksum: x<secret>",
                "sq[uap]_[0-9a-f]{40}",
            ),
        ),
    },
    {
        "id": "sonar-legacy-token",
        "title": "A SonarQube or SonarCloud token of the older kind",
        "pattern": (
            r'(?i:sonar)[A-Za-z0-9_ .-]{0,20}(?i:token|login|key|auth)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{40})\b'
        ),
        "keywords": ("sonar",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SONAR_TOKEN=<secret>",
                "[0-9a-f]{40}",
            ),
            (
                "sonar.login=<secret>",
                "[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "SONAR_TOKEN=<secret>",
                "0{40}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{40}",
            ),
        ),
    },
)
