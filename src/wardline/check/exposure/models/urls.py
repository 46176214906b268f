"""Whether what stands between a user's name and an at sign in an address is a password."""

from typing import Final

from wardline.check.exposure.model import Candidate
from wardline.check.exposure.models import passwords
from wardline.findings.report import Confidence

_SHOWN: Final = frozenset(b"password pass passwd pwd secret token key user username pw p".split())


def judge(candidate: Candidate) -> Confidence | None:
    """Return how sure it is that an address holds a password: placeholders of documentation do not count."""
    value = candidate.value
    if value.lower() in _SHOWN or value.isdigit():
        return None
    judged = passwords.judge(candidate._replace(name=b"password"))
    here = candidate.after[:32].lower()
    if judged and (here.startswith((b"@example.", b"@host", b"@server")) or b".example" in here):
        return "low"
    return judged
