"""Tokens of Sonatype Central and Nexus.

**Why it matters.** A token publishes or replaces packages.

**How it is found.** By the prefixes `npmtoken.`, `nugetapikey.`, `dockertoken.` and the length and letters of what
follows.

**How to repair it.** Revoke it at Sonatype (Account, User token), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of Sonatype.
"""

PROVIDER = "Sonatype"
TITLE = "Tokens of Sonatype Central and Nexus"
REPAIR = (
    "revoke it at Sonatype (Account, User token), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "nexus-token",
        "title": "A Nexus Repository token",
        "pattern": (
            r"\b(?P<secret>(?:NpmToken|NuGetApiKey|DockerToken)\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-"
            r"[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": (
            "npmtoken.",
            "nugetapikey.",
            "dockertoken.",
        ),
        "min_entropy": 3.7,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NEXUS_TOKEN=<secret>",
                r"(?:NpmToken|NuGetApiKey|DockerToken)\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "NEXUS_TOKEN=<secret>",
                r"(?:NpmToken|NuGetApiKey|DockerToken)\.0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
        ),
    },
)
