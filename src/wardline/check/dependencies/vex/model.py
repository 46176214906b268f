"""What a VEX document says: which product, which vulnerability, what status, and why.

Source: OpenVEX 0.2.0; "Minimum Requirements for VEX" (CISA, April 2023); CycloneDX 1.6, `vulnerabilities[].analysis`.
"""

from typing import Final, Literal, NamedTuple, get_args

Status = Literal["not_affected", "affected", "fixed", "under_investigation"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)


class Statement(NamedTuple):
    """One statement about one vulnerability: its ids, the products it is about, and the status.

    `products` are purls, versionless where every version is meant; `scopes` are purls of larger products that the
    statement limits itself to (OpenVEX: the product, where `products` are its subcomponents). `timestamp` is UTC
    without a zone, "" where unknown. `reason` is what a reader is told: justification, impact statement, or both.
    """

    ids: tuple[str, ...]
    products: tuple[str, ...]
    status: Status
    reason: str = ""
    timestamp: str = ""
    scopes: tuple[str, ...] = ()
    source: str = ""  # the document's path
    author: str = ""
    action: str = ""
