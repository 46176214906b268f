"""Keys of SerpApi.

**Why it matters.** A key spends your money.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at SerpApi (Your account, API key), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of SerpApi.
"""

PROVIDER = "SerpApi"
TITLE = "Keys of SerpApi"
REPAIR = (
    "revoke it at SerpApi (Your account, API key), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "serpapi-key",
        "title": "A SerpApi key",
        "pattern": (
            r'(?i:serp_?api)[A-Za-z0-9_ .-]{0,20}(?i:key|api)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}'
            r'(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{64})\b'
        ),
        "keywords": (
            "serpapi",
            "serp_api",
        ),
        "min_entropy": 3.2,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "SERPAPI_API_KEY=<secret>",
                "[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "SERPAPI_API_KEY=<secret>",
                "0{64}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{64}",
            ),
        ),
    },
)
