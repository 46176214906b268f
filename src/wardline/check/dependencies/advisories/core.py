"""What an index keeps of a record. Light to import."""

from typing import NamedTuple

from wardline.findings import severity
from wardline.findings.report import Severity
from wardline.findings.severity import Rating


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
