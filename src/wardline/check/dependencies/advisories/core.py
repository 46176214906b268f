"""What an index keeps of a record, and in which order its ids are preferred. Light to import."""

from typing import Final, NamedTuple

from wardline.check.dependencies import severity
from wardline.check.dependencies.severity import Rating
from wardline.findings.report import Severity

_AUTHORITIES: Final = ("CVE-", "GHSA-")


class Core(NamedTuple):
    """What a record says of the bug itself. Dates are UTC without a zone, so that they compare as text; "" is unknown.

    `same` are ids that the record claims to be the same bug: its aliases, and its upstream where there is exactly one
    (a distribution's copy of a CVE; several upstreams are an update that repairs several bugs).
    """

    id: str
    modified: str
    published: str
    withdrawn: bool
    same: tuple[str, ...]
    summary: str
    severity: Severity
    vector: str
    cwe: tuple[str, ...]
    malware: bool
    url: str
    entry: str  # the name of the record in its source


def rating(core: Core) -> Rating:
    """Return a record's severity for merging; malware does not speak for the bugs that it is an alias of."""
    return severity.UNKNOWN if core.malware else Rating(core.severity, core.vector)


def preference(identifier: str) -> tuple[int, str]:
    """Return a sort key that puts the canonical id first: CVE, then GHSA, then others, private `x_` ids last."""
    for rank, prefix in enumerate(_AUTHORITIES):
        if identifier.startswith(prefix):
            return rank, identifier
    return (len(_AUTHORITIES) + identifier.startswith("x_"), identifier)
