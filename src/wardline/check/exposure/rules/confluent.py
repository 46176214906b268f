"""Keys of Confluent Cloud.

**Why it matters.** A secret reads and writes streams.

**How it is found.** By its prefix `cflt` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Confluent (Cloud API keys), look at what it was used for since it was written down,
make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Confluent.
"""

PROVIDER = "Confluent"
TITLE = "Keys of Confluent Cloud"
REPAIR = "revoke it at Confluent (Cloud API keys), look at what it was used for, and keep its successor in the vault"

RULES = (
    {
        "id": "confluent-cloud-secret",
        "title": "A Confluent Cloud API secret",
        "pattern": r"\b(?P<secret>cflt[A-Za-z0-9+/]{60})(?:[^A-Za-z0-9_+/\n-]|$)",
        "keywords": ("cflt",),
        "min_entropy": 4.6,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CONFLUENT_CLOUD_SECRET=<secret>",
                "cflt[A-Za-z0-9+/]{60}",
            ),
        ),
        "quiet": (
            (
                "CONFLUENT_CLOUD_SECRET=<secret>",
                "cfltx{60}",
            ),
            (
                "checksum: x<secret>",
                "cflt[A-Za-z0-9+/]{60}",
            ),
        ),
    },
    {
        "id": "confluent-secret",
        "title": "A Confluent Cloud API secret of the older kind",
        "pattern": (
            "(?i:confluent|ccloud|kafka)[A-Za-z0-9_ .-]{0,20}(?i:secret|password|key)[A-Za-z0-9_]"
            r'{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[A-Za-z0-9+/]{64})(?:[^A-Za-z0-9_+/\n-]|$)"
        ),
        "keywords": (
            "ccloud",
            "confluent",
            "kafka",
        ),
        "min_entropy": 4.5,
        "allow": (
            "[0-9a-f]{64}",
            "cflt[A-Za-z0-9+/]{60}",
        ),
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "CONFLUENT_SECRET=<secret>",
                "[A-Za-z0-9+/]{64}",
            ),
            (
                '"confluent_secret": "<secret>"',
                "[A-Za-z0-9+/]{64}",
            ),
        ),
        "quiet": (
            (
                "CONFLUENT_SECRET=<secret>",
                "x{64}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9+/]{64}",
            ),
        ),
    },
)
