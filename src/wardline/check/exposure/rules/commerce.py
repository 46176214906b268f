"""Keys of Shopify, Square, PayPal, Braintree and Razorpay.

**Why it matters.** A key moves money, refunds orders, and reads customers with their addresses.

**How it is found.** By each provider's prefix; PayPal's client secrets count near the name.

**How to repair it.** Replace the key on the provider's developer page, read the transactions since, and tell whoever
handles payments.

**Source.** Shopify documentation, "Access tokens"; Square documentation, "Access tokens and other credentials";
Braintree documentation, "Access tokens"; PayPal documentation, "REST APIs: authentication".
"""

PROVIDER = "Shops and payments"
TITLE = "Keys of shops and payment providers"
REPAIR = "replace the key on the provider's developer page and read the transactions since"

RULES = (
    {
        "id": "shopify-token",
        "title": "A Shopify access token or shared secret",
        "pattern": r"\b(?P<secret>shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{32})\b",
        "keywords": (
            "shpat_",
            "shpca_",
            "shppa_",
            "shpss_",
            "shpua_",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "X-Shopify-Access-Token: <secret>",
                "shpat_[0-9a-f]{32}",
            ),
        ),
        "quiet": ("shpat_",),
    },
    {
        "id": "square-token",
        "title": "A Square access token or client secret",
        "pattern": r"\b(?P<secret>sq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "sq0atp-",
            "sq0csp-",
            "eaaa",
        ),
        "min_entropy": 3.5,
        "allow": ("EAAA[A-Z]{60}",),
        "severity": "critical",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "token=<secret>",
                "sq0atp-[A-Za-z0-9_-]{22}",
            ),
            (
                "token=<secret>",
                "EAAA[EFlX][A-Za-z0-9_-]{59}",
            ),
        ),
        "quiet": (
            (
                "s=<secret>",
                "EAAAx{60}",
            ),
        ),
    },
    {
        "id": "braintree-token",
        "title": "A Braintree access token",
        "pattern": r"(?P<secret>access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32})\b",
        "keywords": ("access_token$",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "gateway('<secret>')",
                r"access_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}",
            ),
        ),
        "quiet": ("access_token$production$",),
    },
    {
        "id": "paypal-client-secret",
        "title": "A PayPal client secret",
        "pattern": (
            r'(?i:secret)[A-Za-z_]{0,12}["\x27]?[ \t]{0,8}[:=]{1,2}[ \t]{0,8}["\x27]?(?P<secret>E[A-Za'
            r"-z0-9_-]{79})(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("secret",),
        "near": ("paypal",),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "PAYPAL_CLIENT_SECRET=<secret>",
                "E[A-Za-z0-9_-]{79}",
            ),
        ),
        "quiet": (
            (
                "SECRET=<secret>",
                "E[A-Za-z0-9_-]{79}",
            ),
        ),
    },
    {
        "id": "razorpay-key",
        "title": "A Razorpay key id",
        "pattern": r"\b(?P<secret>rzp_(?:live|test)_[A-Za-z0-9]{14})\b",
        "keywords": (
            "rzp_live_",
            "rzp_test_",
        ),
        "min_entropy": 3.0,
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "key_id: <secret>",
                "rzp_live_[A-Za-z0-9]{14}",
            ),
        ),
        "quiet": ("rzp_live_",),
    },
)
