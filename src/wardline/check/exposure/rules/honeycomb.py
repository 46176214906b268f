"""Keys of Honeycomb.

**Why it matters.** A key reads traces or writes false ones.

**How it is found.** By its prefix `hc` and the length and letters of what follows; what has no face of its own counts
only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Honeycomb (Environment settings, API Keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** Honeycomb documentation, "API keys".
"""

PROVIDER = "Honeycomb"
TITLE = "Keys of Honeycomb"
REPAIR = (
    "revoke it at Honeycomb (Environment settings, API Keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "honeycomb-key",
        "title": "A Honeycomb ingest or management key",
        "pattern": r"\b(?P<secret>hc[abx][imk]k_[0-9a-z]{58})\b",
        "keywords": (
            "hcaik_",
            "hcbik_",
            "hcxik_",
            "hcamk_",
            "hcbmk_",
            "hcxmk_",
            "hcakk_",
            "hcbkk_",
            "hcxkk_",
        ),
        "min_entropy": 4.1,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "HONEYCOMB_KEY=<secret>",
                "hc[abx][imk]k_[0-9a-z]{58}",
            ),
        ),
        "quiet": (
            (
                "HONEYCOMB_KEY=<secret>",
                "hcx0k_x{58}",
            ),
            (
                "checksum: x<secret>",
                "hc[abx][imk]k_[0-9a-z]{58}",
            ),
        ),
    },
    {
        "id": "honeycomb-legacy-key",
        "title": "A Honeycomb key of the older kind",
        "pattern": (
            r'(?i:honeycomb)[A-Za-z0-9_ .-]{0,20}(?i:key|team)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32}|[A-Za-z0-9]{22})\b'
        ),
        "keywords": ("honeycomb",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "HONEYCOMB_API_KEY=<secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{22}",
            ),
            (
                '"honeycomb_api_key": "<secret>"',
                "[0-9a-f]{32}|[A-Za-z0-9]{22}",
            ),
        ),
        "quiet": (
            (
                "HONEYCOMB_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}|[A-Za-z0-9]{22}",
            ),
        ),
    },
)
