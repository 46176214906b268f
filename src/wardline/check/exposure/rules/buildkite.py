"""Tokens of Buildkite.

**Why it matters.** A token starts builds and reads their logs and artifacts; whoever writes a build step runs code on
the agents.

**How it is found.** By its prefix `bkua_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Buildkite (Personal Settings, API Access Tokens), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of
Buildkite.
"""

PROVIDER = "Buildkite"
TITLE = "Tokens of Buildkite"
REPAIR = (
    "revoke it at Buildkite (Personal Settings, API Access Tokens), look at what it was used for, and keep its"
    " successor in the vault"
)

RULES = (
    {
        "id": "buildkite-user-token",
        "title": "A Buildkite API access token",
        "pattern": r"\b(?P<secret>bkua_[0-9a-f]{40})\b",
        "keywords": ("bkua_",),
        "min_entropy": 3.2,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "BUILDKITE_USER_TOKEN=<secret>",
                "bkua_[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "BUILDKITE_USER_TOKEN=<secret>",
                "bkua_0{40}",
            ),
            (
                "checksum: x<secret>",
                "bkua_[0-9a-f]{40}",
            ),
        ),
    },
    {
        "id": "buildkite-agent-token",
        "title": "A Buildkite agent token",
        "pattern": (
            r'(?i:buildkite)[A-Za-z0-9_ .-]{0,20}(?i:agent|token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{50})\b'
        ),
        "keywords": ("buildkite",),
        "min_entropy": 3.1,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "BUILDKITE_AGENT=<secret>",
                "[0-9a-f]{50}",
            ),
            (
                '"buildkite_agent": "<secret>"',
                "[0-9a-f]{50}",
            ),
        ),
        "quiet": (
            (
                "BUILDKITE_AGENT=<secret>",
                "0{50}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{50}",
            ),
        ),
    },
)
