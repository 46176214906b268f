"""What a VEX document says: which product, which vulnerability, what status, and why.

Source: OpenVEX 0.2.0; "Minimum Requirements for VEX" (CISA, April 2023); CycloneDX 1.6, `vulnerabilities[].analysis`.
"""

from typing import Final, Literal, NamedTuple, get_args

from wardline.findings.report import Suppression
from wardline.kernel.errors import WardlineError

Status = Literal["not_affected", "affected", "fixed", "under_investigation"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
MAX_VEX_BYTES: Final = 64 * 1024 * 1024


class VexError(WardlineError):
    """A VEX document that could not be read: none of its statements holds."""

    code = "vex-unreadable"


class Statement(NamedTuple):
    """One statement about one vulnerability.

    `ids` are the vulnerability's id and aliases. `products` are purls, without a version where every version is meant;
    empty where the statement is about the whole examined product, whichever component brings the vulnerability.
    `scopes` are products that the statement limits itself to, where `products` are their components. `reason` is the
    justification, the impact statement, or both; "" where neither is given. `timestamp` is UTC without a zone, "" where
    it is unknown.
    """

    ids: tuple[str, ...]
    products: tuple[str, ...]
    status: Status
    reason: str = ""
    timestamp: str = ""
    scopes: tuple[str, ...] = ()
    source: str = ""  # the document's path
    author: str = ""

    @property
    def suppresses(self) -> bool:
        """Return whether this takes a finding out of the count: fixed, or not affected and said why.

        OpenVEX 0.2.0 makes a justification or an impact statement mandatory for `not_affected`; without one it is an
        assertion that nobody could check, and does not count.
        """
        return self.status == "fixed" or (self.status == "not_affected" and bool(self.reason))

    def suppression(self) -> Suppression:
        """Return this as what a report says of a suppressed finding: the status first, as every format expects it."""
        reason = f"{self.status}: {self.reason}" if self.reason else self.status
        return Suppression(source=self.source, reason=reason, until=None)
