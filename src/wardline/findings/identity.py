"""What makes two reports of one wrong thing one finding: the rule family and the stable context, whoever reports it.

Pure functions over names, used by our own practices and by the importers of other tools' reports, so that both give
one fingerprint. See `findings.report.fingerprint` for how the parts become one.
"""

from typing import Final

from wardline.findings.package_names import family, normalised
from wardline.findings.report import fingerprint

VULNERABLE: Final = "vulnerable-dependency"
MALICIOUS: Final = "malicious-dependency"

_AUTHORITIES: Final = ("CVE-", "GHSA-")


def preference(identifier: str) -> tuple[int, str]:
    """Return a sort key that puts the canonical id first: CVE, then GHSA, then others, private `x_` ids last."""
    for rank, prefix in enumerate(_AUTHORITIES):
        if identifier.startswith(prefix):
            return rank, identifier
    return (len(_AUTHORITIES) + identifier.startswith("x_"), identifier)


def of_dependency(rule: str, ecosystem: str, name: str, advisory: str) -> str:
    """Return the fingerprint of one advisory about one package: no version, no release of a distribution, no file.

    `advisory` is the canonical id: the first of all ids and aliases by `preference`.
    """
    return fingerprint(rule, family(ecosystem), normalised(ecosystem, name), advisory)
