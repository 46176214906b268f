"""Slack bot, user, app and legacy tokens, and incoming webhooks.

**Why it matters.** A token reads channels, files and direct messages, and writes in somebody's name; a webhook lets
anybody post as a trusted application.

**How it is found.** By Slack's prefixes (`xoxb-`, `xoxp-`, `xapp-`, ...) with their numeric parts, and by the address
of a webhook.

**How to repair it.** Revoke it (`auth.revoke`, or the app's OAuth page; for a webhook: Incoming webhooks, remove),
read the access logs, and keep its successor in the vault.

**Source.** Slack API documentation, "Token types" and "Sending messages using incoming webhooks".
"""

PROVIDER = "Slack"
TITLE = "Slack tokens and webhooks"
REPAIR = "revoke the token on the Slack app's page, read the access logs, and keep its successor in the vault"

RULES = (
    {
        "id": "slack-token",
        "title": "A Slack token",
        "pattern": r"\b(?P<secret>xox[abcdeoprs](?:\.xox[bp])?-[0-9A-Za-z-]{20,250})",
        "keywords": ("xox",),
        "min_entropy": 3.0,
        "allow": ("xox[a-z]-[a-z-]{1,250}",),
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "SLACK_BOT_TOKEN=<secret>",
                "xoxb-[0-9]{12}-[0-9]{13}-[A-Za-z0-9]{24}",
            ),
            (
                "token: '<secret>'",
                "xoxp-[0-9]{12}-[0-9]{12}-[0-9]{12}-[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "t: <secret>",
                "xoxb-x{12}-x{12}-x{24}",
            ),
            "xoxb-your-token-here-please",
        ),
    },
    {
        "id": "slack-app-token",
        "title": "A Slack app-level token",
        "pattern": r"\b(?P<secret>xapp-[0-9]-[A-Z0-9]{8,14}-[0-9]{10,15}-[0-9a-f]{64})\b",
        "keywords": ("xapp-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SLACK_APP_TOKEN=<secret>",
                "xapp-1-A[A-Z0-9]{10}-[0-9]{13}-[0-9a-f]{64}",
            ),
        ),
        "quiet": ("xapp-1-",),
    },
    {
        "id": "slack-webhook",
        "title": "A Slack incoming webhook",
        "pattern": (
            r"\bhooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Z][A-Z0-9]{7,12}/[A-Z0"
            r"-9]{8,20}/[A-Za-z0-9]{24,64})\b"
        ),
        "keywords": ("hooks.slack.com",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "curl https://hooks.slack.com/services/<secret>",
                "T[A-Z0-9]{8}/B[A-Z0-9]{8}/[A-Za-z0-9]{24}",
            ),
        ),
        "quiet": (
            (
                "https://hooks.slack.com/services/<secret>",
                "T0{8}/B0{8}/X{24}",
            ),
        ),
    },
)
