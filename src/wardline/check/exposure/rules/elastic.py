"""Keys of Elastic Cloud and Elasticsearch.

**Why it matters.** A key reads all indexes that it may.

**How it is found.** By its prefix `essu_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Elastic (Stack management, API keys; Organization, API keys), look at what it was
used for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Elastic.
"""

PROVIDER = "Elastic"
TITLE = "Keys of Elastic Cloud and Elasticsearch"
REPAIR = (
    "revoke it at Elastic (Stack management, API keys; Organization, API keys), look at what it was used for, "
    "and keep its successor in the vault"
)

RULES = (
    {
        "id": "elastic-cloud-key",
        "title": "An Elastic Cloud key",
        "pattern": r"\b(?P<secret>essu_[A-Za-z0-9+/=_-]{60,120})(?:[^A-Za-z0-9_+/=\n-]|$)",
        "keywords": ("essu_",),
        "min_entropy": 4.8,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "ELASTIC_CLOUD_KEY=<secret>",
                "essu_[A-Za-z0-9]{80}",
            ),
        ),
        "quiet": (
            (
                "ELASTIC_CLOUD_KEY=<secret>",
                "essu_x{80}",
            ),
            (
                "checksum: x<secret>",
                "essu_[A-Za-z0-9]{80}",
            ),
        ),
    },
    {
        "id": "elasticsearch-key",
        "title": "An Elasticsearch API key",
        "pattern": (
            "(?i:elastic|elasticsearch|elastic_search)[A-Za-z0-9_ .-]{0,20}(?i:api_?key|apikey)"
            r'[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]'
            r"?(?P<secret>[A-Za-z0-9]{26,28}[A-Za-z0-9+/]{28,34}={0,2})(?:[^A-Za-z0-9_+/=\n-]|$)"
        ),
        "keywords": (
            "elastic",
            "elastic_search",
            "elasticsearch",
        ),
        "min_entropy": 4.5,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "ELASTIC_API_KEY=<secret>",
                "[A-Z][A-Za-z0-9]{27}[A-Za-z0-9]{30}==",
            ),
        ),
        "quiet": (
            (
                "ELASTIC_API_KEY=<secret>",
                "Xx{27}x{30}==",
            ),
            (
                "checksum: <secret>",
                "[A-Z][A-Za-z0-9]{27}[A-Za-z0-9]{30}==",
            ),
        ),
    },
)
