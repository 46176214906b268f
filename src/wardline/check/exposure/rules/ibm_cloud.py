"""Keys of IBM Cloud.

**Why it matters.** A key acts as its user or service: machines, storage, databases.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at IBM Cloud (Manage, Access (IAM), API keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of IBM
Cloud.
"""

PROVIDER = "IBM Cloud"
TITLE = "Keys of IBM Cloud"
REPAIR = (
    "revoke it at IBM Cloud (Manage, Access (IAM), API keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "ibm-cloud-key",
        "title": "An IBM Cloud API key",
        "pattern": (
            r"(?:\b|_)(?i:ibm|bluemix|softlayer)[_. -][A-Za-z0-9_ .-]{0,20}(?i:key|token)[A-Za-z0-9_]"
            r'{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[A-Za-z0-9_-]{44})(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": (
            "bluemix",
            "ibm",
            "softlayer",
        ),
        "min_entropy": 4.3,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "IBM_CLOUD_API_KEY=<secret>",
                "[A-Za-z0-9_-]{44}",
            ),
            (
                "IBMCLOUD_X; ibm_api_key: <secret>",
                "[A-Za-z0-9_-]{44}",
            ),
        ),
        "quiet": (
            (
                "IBM_CLOUD_API_KEY=<secret>",
                "x{44}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{44}",
            ),
        ),
    },
    {
        "id": "softlayer-key",
        "title": "An IBM Classic Infrastructure (SoftLayer) key",
        "pattern": (
            r'(?:\b|_)(?i:softlayer|sl)[_. -][A-Za-z0-9_ .-]{0,20}(?i:key)[A-Za-z0-9_]{0,8}["\x27\]]'
            r'{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{64})\b'
        ),
        "keywords": (
            "sl",
            "softlayer",
        ),
        "min_entropy": 3.3,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SOFTLAYER_API_KEY=<secret>",
                "[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "SOFTLAYER_API_KEY=<secret>",
                "0{64}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{64}",
            ),
        ),
    },
)
