"""Keys of UptimeRobot.

**Why it matters.** A key silences monitors and reads what they watch.

**How it is found.** By its shape where "uptimerobot" or "uptime_robot" stands near it.

**How to repair it.** Revoke it at UptimeRobot (Integrations & API), look at what it was used for since it was written
down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of
UptimeRobot.
"""

PROVIDER = "UptimeRobot"
TITLE = "Keys of UptimeRobot"
REPAIR = (
    "revoke it at UptimeRobot (Integrations & API), look at what it was used for, and keep its successor in the vault"
)

RULES = (
    {
        "id": "uptime-robot-key",
        "title": "An UptimeRobot API key",
        "pattern": r"\b(?P<secret>[um][0-9]{6,9}-[0-9a-f]{24,32})\b",
        "near": (
            "uptimerobot",
            "uptime_robot",
            "uptime robot",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "UPTIMEROBOT_API_KEY=<secret>",
                "u[0-9]{7}-[0-9a-f]{24}",
            ),
        ),
        "quiet": (
            (
                "UPTIMEROBOT_API_KEY=<secret>",
                "u0{7}-0{24}",
            ),
            (
                "checksum: <secret>",
                "u[0-9]{7}-[0-9a-f]{24}",
            ),
        ),
    },
)
