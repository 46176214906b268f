"""Whether a line without quotation marks sets a password: only settings files are written so; in code it is a name."""

import re
from typing import Final

from wardline.check.exposure.model import Candidate
from wardline.check.exposure.models import passwords
from wardline.check.exposure.models.words import random
from wardline.findings.report import Confidence

_SETTINGS: Final = re.compile(
    r"(?:\.(?:ya?ml|ini|cfg|conf|cnf|config|properties|env|toml|tf|tfvars|sh|bash|zsh|bat|ps1|cmd|txt|md|rst|adoc|service|"
    r"example|sample|dist|template|tmpl|local|dev|prod|test|development|production|netrc|pgpass|list|log|csv|plist)"
    r"|(?:^|/)(?:Dockerfile|Makefile|Jenkinsfile|Vagrantfile|[^./]+)|(?:^|/)\.[a-z]+[a-z._-]*)$",
    re.IGNORECASE,
)
_CODE: Final = re.compile(rb"[(){}\[\]]|^[A-Za-z_]+\.[A-Za-z_.]+$|\|\||&&|^\$|[*&]$")


def judge(candidate: Candidate) -> Confidence | None:
    """Return how sure it is that the line sets a password."""
    if candidate.path and not _SETTINGS.search(candidate.path):
        return None
    if _CODE.search(candidate.value) and not random(candidate.value):
        return None
    return passwords.judge(candidate)
