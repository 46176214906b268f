"""Tokens of DigitalOcean, Heroku, Cloudflare, Netlify, Vercel, Fly.io and PlanetScale.

**Why it matters.** A token deploys, reads environment variables (where other secrets stand), changes DNS and deletes.

**How it is found.** By each provider's prefix; older keys of Heroku and Cloudflare have no face and count near the
name.

**How to repair it.** Revoke it on the provider's page of API tokens, read the audit log, and make a new one with
fewer permissions.

**Source.** DigitalOcean documentation, "Create a personal access token"; Heroku Dev Center, "OAuth: token formats";
Cloudflare documentation, "Create API token", "Origin CA keys"; the API documentation of Netlify, Fly.io and
PlanetScale.
"""

PROVIDER = "Hosting providers"
TITLE = "Tokens of hosting providers"
REPAIR = "revoke the token at the provider, read the audit log, and keep its successor in the vault"

RULES = (
    {
        "id": "digitalocean-token",
        "title": "A DigitalOcean token",
        "pattern": r"\b(?P<secret>do[opr]_v1_[0-9a-f]{64})\b",
        "keywords": (
            "doo_v1_",
            "dop_v1_",
            "dor_v1_",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DIGITALOCEAN_TOKEN=<secret>",
                "do[opr]_v1_[0-9a-f]{64}",
            ),
        ),
        "quiet": ("dop_v1_",),
    },
    {
        "id": "heroku-token",
        "title": "A Heroku API key",
        "pattern": (
            r"\b(?P<secret>HRKU-(?:AA[A-Za-z0-9_-]{58}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}"
            r"-[0-9a-f]{12}))(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("hrku-",),
        "min_entropy": 2.8,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "HEROKU_API_KEY=<secret>",
                "HRKU-AA[A-Za-z0-9_-]{58}",
            ),
            (
                "k: <secret>",
                "HRKU-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": ("HRKU-",),
    },
    {
        "id": "heroku-legacy-key",
        "title": "A Heroku API key of the older kind",
        "pattern": (
            r'(?i:heroku)[A-Za-z0-9_ .-]{0,30}["\x27]?[ \t]{0,8}[:=]{1,2}[ \t]{0,8}["\x27]?(?P<secret>'
            r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("heroku",),
        "min_entropy": 2.5,
        "severity": "high",
        "confidence": "medium",
        "fires": (
            (
                "HEROKU_API_KEY=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": (
            (
                "request: <secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
    },
    {
        "id": "cloudflare-token",
        "title": "A Cloudflare API token",
        "pattern": (
            r'(?i:cloudflare|cf)[A-Za-z0-9_ .-]{0,30}(?i:token|key)["\x27]?[ \t]{0,8}[:=]{1,2}[ \t]{0,'
            r'8}["\x27]?(?P<secret>[A-Za-z0-9_-]{40}|[0-9a-f]{37})(?:[^A-Za-z0-9_\n-]|$)'
        ),
        "keywords": (
            "cloudflare",
            "cf",
        ),
        "min_entropy": 3.3,
        "severity": "high",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "CLOUDFLARE_API_TOKEN=<secret>",
                "[A-Za-z0-9_-]{40}",
            ),
            (
                "CLOUDFLARE_API_KEY: <secret>",
                "[0-9a-f]{37}",
            ),
        ),
        "quiet": (
            (
                "CF_TOKEN=<secret>",
                "x{40}",
            ),
        ),
    },
    {
        "id": "cloudflare-origin-key",
        "title": "A Cloudflare origin CA key",
        "pattern": r"\b(?P<secret>v1\.0-[0-9a-f]{24}-[0-9a-f]{146})\b",
        "keywords": ("v1.0-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "key: <secret>",
                r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}",
            ),
        ),
        "quiet": ("v1.0-beta",),
    },
    {
        "id": "netlify-token",
        "title": "A Netlify access token",
        "pattern": r"\b(?P<secret>nf[pcoub]_[A-Za-z0-9_-]{36,40})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "nfp_",
            "nfc_",
            "nfo_",
            "nfu_",
            "nfb_",
        ),
        "min_entropy": 3.8,
        "allow": ("nf[a-z]_[a-z_]{36,40}",),
        "severity": "high",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "NETLIFY_AUTH_TOKEN=<secret>",
                "nfp_[A-Za-z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "t=<secret>",
                "nfp_x{36}",
            ),
            (
                "#define <secret>",
                "nfc_[a-z]{8}_[a-z]{27}",
            ),
        ),
    },
    {
        "id": "planetscale-token",
        "title": "A PlanetScale token or password",
        "pattern": r"\b(?P<secret>pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64})",
        "keywords": ("pscale_",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "PS=<secret>",
                "pscale_pw_[A-Za-z0-9_-]{43}",
            ),
        ),
        "quiet": ("pscale_tkn_",),
    },
)
