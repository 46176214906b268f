"""Tokens of Dynatrace.

**Why it matters.** A token reads logs and traces, changes alerts, or installs agents.

**How it is found.** By its prefix `dt0` and the length and letters of what follows.

**How to repair it.** Revoke it at Dynatrace (Access tokens), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** Dynatrace documentation, "Access tokens: token format".
"""

PROVIDER = "Dynatrace"
TITLE = "Tokens of Dynatrace"
REPAIR = "revoke it at Dynatrace (Access tokens), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "dynatrace-token",
        "title": "A Dynatrace token",
        "pattern": r"\b(?P<secret>dt0[a-z][0-9]{2}\.(?:[A-Z0-9]{24}|[A-Z0-9]{8})\.[A-Z0-9]{64})\b",
        "keywords": ("dt0",),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DYNATRACE_TOKEN=<secret>",
                r"dt0[a-z][0-9]{2}\.(?:[A-Z0-9]{24}|[A-Z0-9]{8})\.[A-Z0-9]{64}",
            ),
        ),
        "quiet": (
            (
                "DYNATRACE_TOKEN=<secret>",
                r"dt0x0{2}\.(?:X{24}|X{8})\.X{64}",
            ),
            (
                "checksum: x<secret>",
                r"dt0[a-z][0-9]{2}\.(?:[A-Z0-9]{24}|[A-Z0-9]{8})\.[A-Z0-9]{64}",
            ),
        ),
    },
)
