"""Tokens of identity and collaboration providers.

**Why it matters.** An identity provider's token makes accounts and resets passwords; the others read what a team
writes to itself, credentials included.

**How it is found.** By each provider's prefix; Okta's count after the scheme `SSWS` or near the name.

**How to repair it.** Revoke the token on the provider's page, read the system log, and give its successor fewer
scopes and an expiry.

**Source.** Atlassian support, "Manage API tokens"; Okta developer documentation, "Create an API token"; the API
documentation of Postman and Dropbox.
"""

PROVIDER = "Identity and collaboration providers"
TITLE = "Tokens of Atlassian, Okta, Postman and Dropbox"
REPAIR = "revoke the token at the provider, read the system log, and keep its successor in the vault"

RULES = (
    {
        "id": "atlassian-token",
        "title": "An Atlassian or Bitbucket token",
        "pattern": (
            r"\b(?P<secret>AT(?:ATT|CTT|STT)3x[A-Za-z0-9_=-]{150,250}|ATBB[A-Za-z0-9]{24}[0-9A-F]{8})("
            r"?:[^A-Za-z0-9_=\n-]|$)"
        ),
        "keywords": (
            "atatt3x",
            "atctt3x",
            "atstt3x",
            "atbb",
        ),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "JIRA_TOKEN=<secret>",
                "ATATT3xFfGF0[A-Za-z0-9_-]{163}=[0-9A-F]{8}",
            ),
            (
                "BB=<secret>",
                "ATBB[A-Za-z0-9]{24}[0-9A-F]{8}",
            ),
        ),
        "quiet": ("ATBB",),
    },
    {
        "id": "okta-token",
        "title": "An Okta API token",
        "pattern": r"(?:^|[^A-Za-z0-9_-])(?P<secret>00[A-Za-z0-9_-]{40})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("00",),
        "near": (
            "okta",
            "ssws",
        ),
        "min_entropy": 4.0,
        "allow": ("00[0-9a-f]{40}",),
        "severity": "critical",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "OKTA_API_TOKEN=<secret>",
                "00[A-Za-z0-9_-]{40}",
            ),
            (
                "Authorization: SSWS <secret>",
                "00[A-Za-z0-9_-]{40}",
            ),
        ),
        "quiet": (
            (
                "OKTA=<secret>",
                "00[0-9]{40}",
            ),
        ),
    },
    {
        "id": "postman-key",
        "title": "A Postman API key",
        "pattern": r"\b(?P<secret>PMAK-[0-9a-f]{24}-[0-9a-f]{34})\b",
        "keywords": ("pmak-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "X-Api-Key: <secret>",
                "PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
            ),
        ),
        "quiet": ("PMAK-",),
    },
    {
        "id": "dropbox-token",
        "title": "A Dropbox access token",
        "pattern": r"\b(?P<secret>sl\.(?:u\.)?[A-Za-z0-9_-]{130,1000})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("sl.",),
        "min_entropy": 4.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DROPBOX_TOKEN=<secret>",
                r"sl\.[A-Za-z0-9_-]{135}",
            ),
        ),
        "quiet": ("sl.po",),
    },
)
