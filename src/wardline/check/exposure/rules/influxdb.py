"""Tokens of InfluxDB.

**Why it matters.** A token reads, changes and deletes measurements.

**How it is found.** By its prefix `apiv3_` and the length and letters of what follows; what has no face of its own
counts only where it is assigned to a name that says whose key it is, at exactly its length.

**How to repair it.** Revoke it at InfluxDB (Load data, API tokens), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** InfluxData documentation, "Manage tokens".
"""

PROVIDER = "InfluxDB"
TITLE = "Tokens of InfluxDB"
REPAIR = (
    "revoke it at InfluxDB (Load data, API tokens), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "influxdb-token",
        "title": "An InfluxDB token",
        "pattern": (
            r'(?i:influx)[A-Za-z0-9_ .-]{0,20}(?i:token|key|password)[A-Za-z0-9_]{0,8}["\x27\]]{0,2}'
            r'[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>[A-Za-z0-9_-]{86}=='
            r")(?:[^A-Za-z0-9_=\n-]|$)"
        ),
        "keywords": ("influx",),
        "min_entropy": 4.8,
        "severity": "critical",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "INFLUXDB_TOKEN=<secret>",
                "[A-Za-z0-9_-]{86}==",
            ),
        ),
        "quiet": (
            (
                "INFLUXDB_TOKEN=<secret>",
                "x{86}==",
            ),
            (
                "checksum: <secret>",
                "[A-Za-z0-9_-]{86}==",
            ),
        ),
    },
    {
        "id": "influxdb-three-token",
        "title": "An InfluxDB 3 token",
        "pattern": r"\b(?P<secret>apiv3_[A-Za-z0-9_-]{86})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("apiv3_",),
        "min_entropy": 4.8,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "INFLUXDB_THREE_TOKEN=<secret>",
                "apiv3_[A-Za-z0-9_-]{86}",
            ),
        ),
        "quiet": (
            (
                "INFLUXDB_THREE_TOKEN=<secret>",
                "apiv3_x{86}",
            ),
            (
                "checksum: x<secret>",
                "apiv3_[A-Za-z0-9_-]{86}",
            ),
        ),
    },
)
