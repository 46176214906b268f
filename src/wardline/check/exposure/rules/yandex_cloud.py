"""Keys and tokens of Yandex.

**Why it matters.** A key acts as a service account: machines, storage, models.

**How it is found.** By the prefixes `AQVN`, `t1.`, `y0_`, `y1_`, `y2_`, `y3_` and the length and letters of what
follows; by its shape where "yandex" or "storage.yandexcloud" stands near it.

**How to repair it.** Revoke it at Yandex Cloud (Yandex Cloud console, Service accounts; Yandex ID), look at what it
was used for since it was written down, make a new one with no more permissions than it needs, and keep that in the
vault.

**Source.** Yandex Cloud documentation, "Secret scanning: types of secrets".
"""

PROVIDER = "Yandex Cloud"
TITLE = "Keys and tokens of Yandex"
REPAIR = (
    "revoke it at Yandex Cloud (Yandex Cloud console, Service accounts; Yandex ID), look at what it was used "
    "for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "yandex-api-key",
        "title": "A Yandex Cloud API key",
        "pattern": r"\b(?P<secret>AQVN[A-Za-z0-9_-]{35,38})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("aqvn",),
        "min_entropy": 4.2,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "YANDEX_API_KEY=<secret>",
                "AQVN[A-Za-z0-9_-]{36}",
            ),
        ),
        "quiet": (
            (
                "YANDEX_API_KEY=<secret>",
                "AQVNx{36}",
            ),
            (
                "checksum: x<secret>",
                "AQVN[A-Za-z0-9_-]{36}",
            ),
        ),
    },
    {
        "id": "yandex-iam-token",
        "title": "A Yandex Cloud IAM token",
        "pattern": r"\b(?P<secret>t1\.[A-Za-z0-9_-]{60,400}[=]{0,2}\.[A-Za-z0-9_-]{86}[=]{0,2})(?:[^A-Za-z0-9_=\n-]|$)",
        "keywords": ("t1.",),
        "min_entropy": 5.3,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "YANDEX_IAM_TOKEN=<secret>",
                r"t1\.9eue[A-Za-z0-9_-]{80}\.[A-Za-z0-9_-]{86}",
            ),
        ),
        "quiet": (
            (
                "YANDEX_IAM_TOKEN=<secret>",
                r"t1\.9euex{80}\.x{86}",
            ),
            (
                "checksum: x<secret>",
                r"t1\.9eue[A-Za-z0-9_-]{80}\.[A-Za-z0-9_-]{86}",
            ),
        ),
    },
    {
        "id": "yandex-static-key",
        "title": "A Yandex Cloud static access key",
        "pattern": r"\b(?P<secret>YC[A-Za-z0-9_-]{38})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("yc",),
        "near": (
            "yandex",
            "storage.yandexcloud",
        ),
        "min_entropy": 3.9,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "yandex_secret_key=<secret>",
                "YC[A-Za-z0-9_-]{38}",
            ),
        ),
        "quiet": (
            (
                "yandex_secret_key=<secret>",
                "YCx{38}",
            ),
            (
                "checksum: <secret>",
                "YC[A-Za-z0-9_-]{38}",
            ),
        ),
    },
    {
        "id": "yandex-oauth-token",
        "title": "A Yandex OAuth token",
        "pattern": r"\b(?P<secret>y[0-3]_[A-Za-z0-9_-]{55,58})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "y0_",
            "y1_",
            "y2_",
            "y3_",
        ),
        "min_entropy": 4.5,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "YANDEX_OAUTH_TOKEN=<secret>",
                "y0_[A-Za-z0-9_-]{55}",
            ),
        ),
        "quiet": (
            (
                "YANDEX_OAUTH_TOKEN=<secret>",
                "y0_x{55}",
            ),
            (
                "checksum: x<secret>",
                "y0_[A-Za-z0-9_-]{55}",
            ),
        ),
    },
)
