"""Signed or encrypted JSON Web Tokens (RFC 7519).

**Why it matters.** A token is a session or a permission: until it expires, whoever holds it is its subject.

**How it is found.** By the shape (three parts of base64url, or five), a header that names an algorithm, and claims
that are JSON. The example of the specification's teaching pages does not count.

**How to repair it.** End the session or revoke the token at its issuer; where it was signed with a shared secret that
could be guessed, change that; make tokens that expire in minutes.

**Source.** RFC 7519 §3, RFC 7515 §7.1, RFC 7516 §7.1.
"""

PROVIDER = "JSON Web Tokens"
TITLE = "JSON Web Tokens"
REPAIR = "revoke the token at its issuer, and make tokens that expire in minutes"

RULES = (
    {
        "id": "json-web-token",
        "title": "A JSON Web Token",
        "pattern": (
            r"\b(?P<secret>eyJ[A-Za-z0-9_-]{10,1000}\.(?:eyJ[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{20,1"
            r"000}|[A-Za-z0-9_-]{0,1000}\.[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{"
            r"16,64}))(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("eyj",),
        "validators": ("jwt",),
        "min_entropy": 3.8,
        "severity": "medium",
        "confidence": "medium",
        "hashable": True,
        "fires": (
            (
                "Authorization: Bearer <secret>",
                "[A-Za-z0-9]{60}",
            ),
        ),
        "quiet": ("eyJhbGciOiJub25lIn0.e30.",),
    },
)
