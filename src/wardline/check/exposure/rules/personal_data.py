"""Personal data with a check digit: payment cards, bank accounts, national identity numbers.

**Why it matters.** Data of real people in a repository is copied to every machine that clones it, and cannot be taken
back; a payment card there puts the whole repository in the scope of PCI DSS.

**How it is found.** By shape, check digits (Luhn, modulo 97, each country's own) and a word nearby that names what it
is. Numbers that repeat or only count on are none. E-mail addresses are not reported: every repository is full of them.

**How to repair it.** Take it out, and out of the history (`git filter-repo`), tell whoever answers for data protection,
and use made-up numbers in tests: those that payment providers publish for it, and check digits that are wrong.

**Source.** ISO/IEC 7812-1, ISO 13616-1, and the rules of each country that `validators/weighted.py` and
`validators/us_ssn.py` name; PCI DSS v4.0 requirement 3.
"""

PROVIDER = "Personal data"
TITLE = "Personal data with a check digit"
REPAIR = (
    "take it out of the tree and of the history, tell whoever answers for data protection, and test with made-up data"
)

RULES = (
    {
        "id": "payment-card-number",
        "title": "A payment card number",
        "pattern": (
            r"\b(?P<secret>[2-6][0-9]{3}(?:[ -]?[0-9]{4}){3}|"
            r"3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}|3[68][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{4})\b"
        ),
        "near": ("card", "visa", "mastercard", "amex", "credit", "debit", "kreditkarte", "tarjeta", "pan="),
        "seek": "pattern",
        "validators": ("card",),
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "personal": True,
        "fires": (("card_number: <secret>", "4[0-9]{15}"), ("visa <secret>", "4[0-9]{3} [0-9]{4} [0-9]{4} [0-9]{4}")),
        "quiet": (("card: <secret>", "4{16}"), ("order <secret>", "4[0-9]{15}"), ("card: <secret>", "9[0-9]{15}")),
    },
    {
        "id": "bank-account-number",
        "title": "An international bank account number (IBAN)",
        "pattern": (r"\b(?P<secret>[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b"),
        "near": ("iban", "account", "konto", "cuenta", "compte", "bank", "sepa"),
        "seek": "pattern",
        "validators": ("iban",),
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "personal": True,
        "fires": (("iban = <secret>", "(?:DE|GB|FR)00[0-9]{23}"),),
        "quiet": (("iban: <secret>", "DE00[0-9]{18}x"), "account ABCD1234EFGH5678"),
    },
    {
        "id": "us-social-security-number",
        "title": "A social security number of the United States",
        "pattern": r"\b(?P<secret>[0-8][0-9]{2}-[0-9]{2}-[0-9]{4})\b",
        "near": ("ssn", "social security", "social_security", "socialsecurity", "taxpayer"),
        "seek": "pattern",
        "validators": ("us_ssn",),
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "personal": True,
        "fires": (("ssn: <secret>", "[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}"),),
        "quiet": ("ssn: 000-12-3456", "ssn: 666-12-3456", ("phone: <secret>", "[1-5][0-9]{2}-[1-9]{2}-[1-9]{4}")),
    },
    {
        "id": "national-identity-number",
        "title": "A national identity number",
        "pattern": (
            r"\b(?P<secret>[0-9XYZ][0-9]{7}-?[A-Z]|"
            r"[12] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}|"
            r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}|[0-9]{6}[-+A][0-9]{3}[0-9A-Y])"
            r"\b"
        ),
        "near": ("dni", "nie:", "nif", "insee", "nir:", "cpf", "hetu"),
        "seek": "pattern",
        "validators": ("weighted",),
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "personal": True,
        "fires": (
            ("dni: <secret>", "[1-9][0-9]{7}A"),
            ("numero INSEE <secret>", "1[0-9]{2}0[1-9][0-9]{10}"),
        ),
        "quiet": ("dni: 12345678A",),
    },
    {
        "id": "polish-identity-number",
        "title": "A Polish identity number (PESEL)",
        "pattern": r"(?i:pesel)[^0-9\n]{0,20}(?P<secret>[0-9]{11})\b",
        "keywords": ("pesel",),
        "validators": ("weighted",),
        "severity": "medium",
        "confidence": "medium",
        "binary": False,
        "personal": True,
        "fires": (("pesel=<secret>", "[1-9][0-9]{10}"),),
        "quiet": ("pesel: 12345678901",),
    },
)
