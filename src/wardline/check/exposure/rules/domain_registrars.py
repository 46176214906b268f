"""Keys of GoDaddy, Namecheap, Porkbun, Gandi and DNSimple.

**Why it matters.** A key moves your domain: whoever has it receives your mail and gets your certificates.

**How it is found.** By its prefix `sk1_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at Domain registrars (the registrar's page of API keys), look at what it was used for
since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog knows it, not taken from a publication of Domain registrars.
"""

PROVIDER = "Domain registrars"
TITLE = "Keys of GoDaddy, Namecheap, Porkbun, Gandi and DNSimple"
REPAIR = (
    "revoke it at Domain registrars (the registrar's page of API keys), look at what it was used for, and keep"
    " its successor in the vault"
)

RULES = (
    {
        "id": "godaddy-key",
        "title": "A GoDaddy API key",
        "pattern": (
            r'(?:\b|_)(?i:godaddy|gd)[_. -][A-Za-z0-9_ .-]{0,20}(?i:key)[A-Za-z0-9_]{0,8}["\x27\]]'
            r'{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]'
            r"{8,18}_[A-Za-z0-9]{21,22})\b"
        ),
        "keywords": (
            "gd",
            "godaddy",
        ),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "GODADDY_API_KEY=<secret>",
                "[A-Za-z0-9]{8,18}_[A-Za-z0-9]{21,22}",
            ),
        ),
        "quiet": (
            (
                "GODADDY_API_KEY=<secret>",
                "x{8,18}_x{21,22}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{8,18}_[A-Za-z0-9]{21,22}",
            ),
        ),
    },
    {
        "id": "namecheap-key",
        "title": "A Namecheap API key",
        "pattern": (
            r'(?i:namecheap)[A-Za-z0-9_ .-]{0,20}(?i:key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:='
            r'>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[0-9a-f]{32})\b'
        ),
        "keywords": ("namecheap",),
        "min_entropy": 2.9,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "NAMECHEAP_API_KEY=<secret>",
                "[0-9a-f]{32}",
            ),
            (
                '"namecheap_api_key": "<secret>"',
                "[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "NAMECHEAP_API_KEY=<secret>",
                "0{32}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
    {
        "id": "porkbun-key",
        "title": "A Porkbun secret API key",
        "pattern": r"\b(?P<secret>sk1_[0-9a-f]{64})\b",
        "keywords": ("sk1_",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "PORKBUN_KEY=<secret>",
                "sk1_[0-9a-f]{64}",
            ),
        ),
        "quiet": (
            (
                "PORKBUN_KEY=<secret>",
                "sk1_0{64}",
            ),
            (
                "checksum: x<secret>",
                "sk1_[0-9a-f]{64}",
            ),
        ),
    },
    {
        "id": "gandi-key",
        "title": "A Gandi API key or token",
        "pattern": (
            r'(?i:gandi)[A-Za-z0-9_ .-]{0,20}(?i:key|token|pat)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9]{24}|[0-9a-f]{40})\b'
        ),
        "keywords": ("gandi",),
        "min_entropy": 3.4,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "GANDI_API_KEY=<secret>",
                "[A-Za-z0-9]{24}",
            ),
            (
                '"gandi_api_key": "<secret>"',
                "[A-Za-z0-9]{24}",
            ),
        ),
        "quiet": (
            (
                "GANDI_API_KEY=<secret>",
                "x{24}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{24}",
            ),
        ),
    },
    {
        "id": "dnsimple-token",
        "title": "A DNSimple token",
        "pattern": (
            r'(?i:dnsimple)[A-Za-z0-9_ .-]{0,20}(?i:token|key)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}[ \t]'
            r'{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>dnsimple_[au]_'
            r"[A-Za-z0-9]{32}|[A-Za-z0-9]{32})\b"
        ),
        "keywords": ("dnsimple",),
        "min_entropy": 3.9,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "DNSIMPLE_TOKEN=<secret>",
                "[A-Za-z0-9]{32}",
            ),
            (
                '"dnsimple_token": "<secret>"',
                "[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "DNSIMPLE_TOKEN=<secret>",
                "x{32}",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9]{32}",
            ),
        ),
    },
)
