"""Tokens of Splunk.

**Why it matters.** A token writes events, or searches in all of them.

**How it is found.** By the place where it stands: the address, header or command around it; what has no face of its
own counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Splunk (Settings, Tokens or Data inputs, HTTP Event Collector), look at what it was
used for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which gitleaks, TruffleHog and Kingfisher know it, not taken from a publication of
Splunk.
"""

PROVIDER = "Splunk"
TITLE = "Tokens of Splunk"
REPAIR = (
    "revoke it at Splunk (Settings, Tokens or Data inputs, HTTP Event Collector), look at what it was used "
    "for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "splunk-hec-token",
        "title": "A Splunk HTTP Event Collector token",
        "pattern": (
            r"(?:\b|_)(?i:splunk|hec)[_. -][A-Za-z0-9_ .-]{0,20}(?i:token|key|auth)[A-Za-z0-9_]{0,8}"
            r'["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": (
            "hec",
            "splunk",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SPLUNK_HEC_TOKEN=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "SPLUNK_HEC_TOKEN=<secret>",
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
    {
        "id": "splunk-authorization",
        "title": "A Splunk token in a header",
        "pattern": (
            r'\bAuthorization["\x27]?[ \t]{0,4}[:=,][ \t]{0,4}["\x27]?Splunk[ ](?P<secret>[0-9a-f]{8}-'
            r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("splunk",),
        "min_entropy": 3.1,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                '-H "Authorization: Splunk <secret>"',
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                '-H "Authorization: Splunk <secret>"',
                "0{8}-0{4}-0{4}-0{4}-0{12}",
            ),
        ),
    },
)
