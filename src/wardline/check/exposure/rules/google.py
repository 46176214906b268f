"""Google API keys, OAuth secrets and tokens, and service account keys.

**Why it matters.** A service account key acts as its service account until somebody deletes it; an API key spends the
quota and the money of its project; a refresh token opens a person's account.

**How it is found.** By the prefixes that Google gives (`AIza`, `GOCSPX-`, `ya29.`, `1//0`, `GOOG1E`) and by the
fields of a service account's JSON key file.

**How to repair it.** Delete the key (IAM and admin, Service accounts, Keys), or restrict and regenerate it (APIs and
services, Credentials); read the audit log; use workload identity federation instead of key files.

**Source.** Google Cloud documentation, "Create and delete service account keys", "Manage API keys", "HMAC keys";
Google Identity, "Using OAuth 2.0 to access Google APIs".
"""

PROVIDER = "Google"
TITLE = "Google Cloud and Google API credentials"
REPAIR = "delete or regenerate the key in the Google Cloud console, and use workload identity federation instead"

RULES = (
    {
        "id": "google-api-key",
        "title": "A Google API key",
        "pattern": r"\b(?P<secret>AIza[0-9A-Za-z_-]{35})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("aiza",),
        "min_entropy": 3.5,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                'const key = "<secret>";',
                "AIza[0-9A-Za-z_-]{35}",
            ),
        ),
        "quiet": (
            (
                "key=<secret>",
                "AIza[a-z]{4}x{31}",
            ),
        ),
    },
    {
        "id": "google-oauth-client-secret",
        "title": "A Google OAuth client secret",
        "pattern": r"\b(?P<secret>GOCSPX-[A-Za-z0-9_-]{28})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("gocspx-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                '"client_secret":"<secret>"',
                "GOCSPX-[A-Za-z0-9_-]{28}",
            ),
        ),
        "quiet": (
            (
                "s=<secret>",
                "GOCSPX-x{28}",
            ),
        ),
    },
    {
        "id": "google-oauth-token",
        "title": "A Google OAuth access or refresh token",
        "pattern": r"\b(?P<secret>ya29\.[A-Za-z0-9_-]{30,400}|1//0[0-9A-Za-z_-]{40,200})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "ya29.",
            "1//0",
        ),
        "min_entropy": 3.8,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "Authorization: Bearer <secret>",
                r"ya29\.[A-Za-z0-9_-]{80}",
            ),
            (
                "refresh_token: <secret>",
                "1//0[0-9A-Za-z_-]{60}",
            ),
        ),
        "quiet": ("see https://host1//0/",),
    },
    {
        "id": "google-service-account-key",
        "title": "A Google service account key",
        "pattern": r'"private_key_id\\{0,4}"[ \t]{0,8}:[ \t]{0,8}\\{0,4}"(?P<secret>[0-9a-f]{40})\\{0,4}"',
        "keywords": ("private_key_id",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                '{"type": "service_account", "private_key_id": "<secret>"}',
                "[0-9a-f]{40}",
            ),
        ),
        "quiet": ('"private_key_id": "",',),
    },
    {
        "id": "google-storage-hmac-key",
        "title": "A Google Cloud Storage HMAC key id",
        "pattern": r"\b(?P<secret>GOOG1E[A-Z2-7]{55})\b",
        "keywords": ("goog1e",),
        "min_entropy": 3.5,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "AccessKey: <secret>",
                "GOOG1E[A-Z2-7]{55}",
            ),
        ),
        "quiet": ("GOOG1E",),
    },
)
