"""Keys of Opsgenie.

**Why it matters.** A key silences alarms and reads who is on call.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Opsgenie (Settings, Integrations or API key management), look at what it was used
for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Opsgenie.
"""

PROVIDER = "Opsgenie"
TITLE = "Keys of Opsgenie"
REPAIR = (
    "revoke it at Opsgenie (Settings, Integrations or API key management), look at what it was used for, and "
    "keep its successor in the vault"
)

RULES = (
    {
        "id": "opsgenie-key",
        "title": "An Opsgenie API key",
        "pattern": (
            "(?i:opsgenie|genie_?key)[A-Za-z0-9_ .-]{0,20}(?i:key|token|genie)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("genie",),
        "min_entropy": 3.1,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "OPSGENIE_API_KEY=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "OPSGENIE_API_KEY=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
)
