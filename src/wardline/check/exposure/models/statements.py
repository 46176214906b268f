"""Whether the value at the place of a password in a statement or a command is one, whatever stands beside it."""

from wardline.check.exposure.model import Candidate
from wardline.check.exposure.models import passwords
from wardline.findings.report import Confidence


def judge(candidate: Candidate) -> Confidence | None:
    """Return how sure it is that the value is a password: what everybody writes where one is only shown is none."""
    if passwords.trivial(candidate.value):
        return None
    return passwords.judge(candidate._replace(name=b"password"))
