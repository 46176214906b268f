"""Keys of PagerDuty.

**Why it matters.** A key silences alarms and reads who is on call.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at PagerDuty (Integrations, API Access Keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of
PagerDuty.
"""

PROVIDER = "PagerDuty"
TITLE = "Keys of PagerDuty"
REPAIR = (
    "revoke it at PagerDuty (Integrations, API Access Keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "pagerduty-key",
        "title": "A PagerDuty API key",
        "pattern": (
            r"(?:\b|_)(?i:pagerduty|pager_duty|pd)[_. -][A-Za-z0-9_ .-]{0,20}(?i:key|token|secret)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>u\+[A-Za-z0-9_+-]{18}|y_[A-Za-z0-9_-]{18}|[A-Za-z0-9_+-]{20})(?:[^A-Za-z0-9_+\n-]|$)"
        ),
        "keywords": (
            "pager_duty",
            "pagerduty",
            "pd",
        ),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "fires": (
            (
                "PAGERDUTY_API_KEY=<secret>",
                r"u\+[A-Za-z0-9_]{18}",
            ),
        ),
        "quiet": (
            (
                "PAGERDUTY_API_KEY=<secret>",
                r"u\+x{18}",
            ),
            (
                "checksum: <secret>",
                r"u\+[A-Za-z0-9_]{18}",
            ),
        ),
    },
    {
        "id": "pagerduty-routing-key",
        "title": "A PagerDuty routing or integration key",
        "pattern": (
            r"(?:\b|_)(?i:pagerduty|pager_duty|pd)[_. -][A-Za-z0-9_ .-]{0,20}(?i:key)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[0-9a-f]{32}|R[A-Z0-9]{31})\b"
        ),
        "keywords": (
            "pager_duty",
            "pagerduty",
            "pd",
        ),
        "min_entropy": 2.9,
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "PAGERDUTY_ROUTING_KEY=<secret>",
                "[0-9a-f]{32}|R[A-Z0-9]{31}",
            ),
        ),
        "quiet": (
            (
                "PAGERDUTY_ROUTING_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}|R[A-Z0-9]{31}",
            ),
        ),
    },
)
