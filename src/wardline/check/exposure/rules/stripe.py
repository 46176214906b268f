"""Stripe secret and restricted keys, and webhook signing secrets.

**Why it matters.** A live secret key charges cards, makes payouts and reads customers; a webhook secret lets anybody
forge events.

**How it is found.** By Stripe's prefixes (`sk_live_`, `rk_live_`, `sk_test_`, `whsec_`). Publishable keys (`pk_`) are
public and are not reported.

**How to repair it.** Roll the key (Developers, API keys), read the request log, and use a restricted key with the few
permissions that are needed.

**Source.** Stripe documentation, "API keys" and "Verify webhook signatures".
"""

PROVIDER = "Stripe"
TITLE = "Stripe keys"
REPAIR = "roll the key in the Stripe dashboard, read the request log, and keep its successor in the vault"

RULES = (
    {
        "id": "stripe-live-key",
        "title": "A Stripe live secret or restricted key",
        "pattern": r"\b(?P<secret>(?:sk|rk)_live_[A-Za-z0-9]{24,247})\b",
        "keywords": (
            "sk_live_",
            "rk_live_",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "STRIPE_SECRET_KEY=<secret>",
                "sk_live_[A-Za-z0-9]{24}",
            ),
            (
                'stripe.api_key = "<secret>"',
                "rk_live_[A-Za-z0-9]{99}",
            ),
        ),
        "quiet": (
            (
                "k=<secret>",
                "sk_live_x{24}",
            ),
        ),
    },
    {
        "id": "stripe-test-key",
        "title": "A Stripe test secret or restricted key",
        "pattern": r"\b(?P<secret>(?:sk|rk)_test_[A-Za-z0-9]{24,247})\b",
        "keywords": (
            "sk_test_",
            "rk_test_",
        ),
        "min_entropy": 3.0,
        "severity": "medium",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                'Stripe("<secret>")',
                "sk_test_[A-Za-z0-9]{99}",
            ),
        ),
        "quiet": (
            (
                "k=<secret>",
                "sk_test_0{24}",
            ),
        ),
    },
    {
        "id": "stripe-webhook-secret",
        "title": "A Stripe or Svix webhook signing secret",
        "pattern": r"\b(?P<secret>whsec_[A-Za-z0-9+/]{32,64}={0,2})",
        "keywords": ("whsec_",),
        "min_entropy": 3.2,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                'endpoint_secret = "<secret>"',
                "whsec_[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "s=<secret>",
                "whsec_x{32}",
            ),
        ),
    },
)
