"""Tokens of Telegram, Discord, Mailgun, Mailchimp and Brevo, and webhooks of Discord and Microsoft Teams.

**Why it matters.** Whoever holds one writes in your name to people who trust you, and reads what they answer.

**How it is found.** By each provider's shape: Telegram's number, colon and `AA`; Discord's user number in base64;
Mailchimp's data centre at the end; a webhook's address.

**How to repair it.** Replace it (Telegram: BotFather, /revoke; Discord: Developer portal, Bot, Reset token; others:
the page of API keys), and read what was sent since.

**Source.** Telegram Bot API, "Authorizing your bot"; Discord developer documentation, "Authentication" and
"Webhooks"; Mailgun, Mailchimp and Brevo documentation, "API keys".
"""

PROVIDER = "Messaging providers"
TITLE = "Tokens of messaging providers"
REPAIR = "replace the token at the provider and read what was sent since"

RULES = (
    {
        "id": "telegram-bot-token",
        "title": "A Telegram bot token",
        "pattern": r"\b(?P<secret>[0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (":aa",),
        "min_entropy": 3.8,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "https://api.telegram.org/bot/<secret>/getMe",
                "[1-9][0-9]{9}:AA[A-Za-z0-9_-]{33}",
            ),
            (
                'TOKEN = "<secret>"',
                "[1-9][0-9]{8}:AA[A-Za-z0-9_-]{33}",
            ),
        ),
        "quiet": ("00:AA:00:62:C6:09",),
    },
    {
        "id": "discord-bot-token",
        "title": "A Discord bot token",
        "pattern": (
            r"\b(?P<secret>(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5,6}[A-Za-z0-9_-]{2,3}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})"
            r"(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": (".",),
        "validators": ("discord",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                'client.run("<secret>")',
                r"MT[A-Za-z0-9]{24}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{38}",
            ),
        ),
        "quiet": ("NSApplication.shared.delegate",),
    },
    {
        "id": "discord-webhook",
        "title": "A Discord webhook",
        "pattern": (
            r"\bdiscord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{17,20}/(?P<secret>[A-Za-z0-9_"
            r"-]{60,80})(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("/webhooks/",),
        "min_entropy": 3.5,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "url = https://discord.com/api/webhooks/112233445566778899/<secret>",
                "[A-Za-z0-9_-]{68}",
            ),
        ),
        "quiet": ("https://discord.com/api/webhooks/1/x",),
    },
    {
        "id": "teams-webhook",
        "title": "A Microsoft Teams webhook",
        "pattern": (
            r"\bwebhook\.office\.com/webhookb2/[0-9a-f@-]{60,90}/IncomingWebhook/(?P<secret>[0-9a-f]{3"
            "2}/[0-9a-f-]{36})"
        ),
        "keywords": ("webhook.office.com",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                (
                    "https://acme.webhook.office.com/webhookb2/01234567-89ab-cdef-0123-456789abcdef@01234567-"
                    "89ab-cdef-0123-456789abcdef/IncomingWebhook/<secret>"
                ),
                "[0-9a-f]{32}/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": ("https://acme.webhook.office.com/",),
    },
    {
        "id": "mailgun-key",
        "title": "A Mailgun key",
        "pattern": r"\b(?P<secret>key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\b",
        "keywords": ("-",),
        "near": ("mailgun",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "MAILGUN_API_KEY=<secret>",
                "key-[0-9a-f]{32}",
            ),
            (
                "mailgun: <secret>",
                "[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
            ),
        ),
        "quiet": (
            (
                "key: <secret>",
                "key-[0-9a-f]{32}",
            ),
        ),
    },
    {
        "id": "mailchimp-key",
        "title": "A Mailchimp API key",
        "pattern": r"\b(?P<secret>[0-9a-f]{32}-us[0-9]{1,2})\b",
        "keywords": ("-us",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "MAILCHIMP_KEY=<secret>",
                "[0-9a-f]{32}-us1[0-9]",
            ),
        ),
        "quiet": (
            (
                "<secret>",
                "0{32}-us1",
            ),
        ),
    },
    {
        "id": "brevo-key",
        "title": "A Brevo API key",
        "pattern": r"\b(?P<secret>xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16})\b",
        "keywords": ("xkeysib-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "api-key: <secret>",
                "xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}",
            ),
        ),
        "quiet": ("xkeysib-",),
    },
)
