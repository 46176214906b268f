"""Whether the base64 after `Basic` in an Authorization header is a user's name and a password. Source: RFC 7617 §2."""

from base64 import b64decode
from binascii import Error

from wardline.check.exposure.model import Candidate
from wardline.check.exposure.models import passwords
from wardline.findings.report import Confidence


def judge(candidate: Candidate) -> Confidence | None:
    """Return how sure it is that the header holds a password."""
    value = candidate.value.rstrip(b"=")
    try:
        plain = b64decode(value + b"=" * (-len(value) % 4), validate=True)
    except Error:
        return None
    user, colon, password = plain.partition(b":")
    if not colon or not password or not plain.isascii() or min(plain) < 32:
        return None
    return passwords.judge(candidate._replace(value=password, name=b"password")) or ("low" if user else None)
