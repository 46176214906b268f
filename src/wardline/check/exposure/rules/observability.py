"""Keys of Datadog, New Relic, Sentry, Grafana and PagerDuty.

**Why it matters.** Logs and traces hold what no page shows; whoever holds a key reads them, or writes false ones and
switches alarms off.

**How it is found.** By each provider's prefix; Datadog's keys are plain hexadecimal and count near the name.

**How to repair it.** Revoke the key on the provider's page of API keys, read its audit trail, and make a new one with
fewer scopes.

**Source.** Datadog documentation, "API and application keys"; New Relic documentation, "New Relic API keys"; Sentry
documentation, "Auth tokens"; Grafana documentation, "Service accounts".
"""

PROVIDER = "Monitoring providers"
TITLE = "Keys of monitoring providers"
REPAIR = "revoke the key at the provider, read the audit trail, and keep its successor in the vault"

RULES = (
    {
        "id": "datadog-key",
        "title": "A Datadog API or application key",
        "pattern": (
            r'(?i:datadog|dd)[A-Za-z0-9_ .-]{0,20}(?i:key)[A-Za-z]{0,4}["\x27]?[ \t]{0,8}[:=]{1,2}[ \t'
            r']{0,8}["\x27]?(?P<secret>[0-9a-f]{32}(?:[0-9a-f]{8})?)\b'
        ),
        "keywords": (
            "datadog",
            "dd",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "DD_API_KEY=<secret>",
                "[0-9a-f]{32}",
            ),
            (
                'datadog_app_key: "<secret>"',
                "[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "add = <secret>",
                "[0-9a-f]{32}",
            ),
        ),
    },
    {
        "id": "newrelic-key",
        "title": "A New Relic key",
        "pattern": (
            r"\b(?P<secret>NRAK-[A-Z0-9]{27}|NRII-[A-Za-z0-9_-]{32}|NRRA-[0-9a-f]{42}|[0-9a-f]{36}(?:N"
            r"RAL|FFFFNRAL))(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": (
            "nrak-",
            "nrii-",
            "nrra-",
            "nral",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NEW_RELIC_API_KEY=<secret>",
                "NRAK-[A-Z0-9]{27}",
            ),
            (
                "license_key: <secret>",
                "[0-9a-f]{36}NRAL",
            ),
        ),
        "quiet": ("NRAK-",),
    },
    {
        "id": "sentry-token",
        "title": "A Sentry token",
        "pattern": r"\b(?P<secret>sntryu_[0-9a-f]{64}|sntrys_[A-Za-z0-9+/=_-]{80,400})",
        "keywords": (
            "sntryu_",
            "sntrys_",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SENTRY_AUTH_TOKEN=<secret>",
                "sntryu_[0-9a-f]{64}",
            ),
        ),
        "quiet": ("sntrys_",),
    },
    {
        "id": "grafana-token",
        "title": "A Grafana token",
        "pattern": r"\b(?P<secret>glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_eyJ[A-Za-z0-9+/]{60,400}={0,2})",
        "keywords": (
            "glsa_",
            "glc_eyj",
        ),
        "min_entropy": 3.5,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "Bearer <secret>",
                "glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
            ),
        ),
        "quiet": ("glsa_",),
    },
)
