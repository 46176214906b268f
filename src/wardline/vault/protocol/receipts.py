"""Receipts, and when they allow the version before to be retired."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from wardline.vault.protocol.admitting import Consumer
from wardline.vault.protocol.clocks import MAX_AHEAD
from wardline.vault.protocol.encoding import whole_milliseconds
from wardline.vault.protocol.envelope import Envelope, Read, enveloped, unverified
from wardline.vault.protocol.errors import ReceiptError
from wardline.vault.protocol.freshness import MAX_FRESHNESS
from wardline.vault.protocol.keys import Signer
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.model.statement import Delivered, HeadSeen, Receipt
from wardline.vault.protocol.model.version import Header
from wardline.vault.protocol.roots import TrustedRoot

Retirement = Literal["wait", "overdue", "retire"]
"""Not yet; not yet, and a finding; now."""


def receipt(  # noqa: PLR0913 - the parts of one document
    header: Header,
    version: bytes,
    *,
    reader: str,
    delivered: Delivered,
    head: HeadSeen,
    now: datetime,
    signer: Signer,
) -> Envelope:
    """Return an agent's word that a version (its header and digest) was delivered to its workload."""
    said = Receipt(
        root=header.root,
        path=header.path,
        epoch=header.epoch,
        number=header.number,
        version=version,
        reader=reader,
        delivered=delivered,
        head=head,
        issued=whole_milliseconds(now),
    )
    return enveloped(said, signer)


def require(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    content: bytes, trusted: TrustedRoot, header: Header, version: bytes, consumers: Iterable[Consumer], now: datetime
) -> tuple[Read[Receipt], Consumer]:
    """Return a receipt for this version, and which of the consumers that it was wrapped to made it.

    `consumers` are the custodian's own: bindings that it sealed this version to itself. Raises: `ReceiptError`.
    """
    read = unverified(Receipt, content, trusted.id)
    said = read.document
    if (said.path, said.epoch, said.number, said.version) != (header.path, header.epoch, header.number, version):
        raise ReceiptError("the receipt is for another version")
    if said.issued - now > MAX_AHEAD or said.issued < header.issued - MAX_AHEAD:
        raise ReceiptError("the receipt is from the future, or from before its version")
    mine = [one for one in consumers if one.name == said.reader]
    signed = read.envelope.signers(one.bound.signing for one in mine)
    for one in mine:
        if one.bound.signing in signed:
            return read, one
    raise ReceiptError("the receipt was made by nobody that this version was sealed to")


@dataclass(frozen=True, slots=True)
class Publication:
    """When a version was published: it stood under a head and was vouched for. And who may still use the one before.

    `before` are the bindings that this custodian sealed the version before to, `receipts` the signing keys whose
    receipts for the new one hold.
    """

    at: datetime
    before: tuple[Consumer, ...]
    receipts: Collection[bytes]


def retirement(published: Publication | None, grant: Grant, now: datetime) -> Retirement:
    """Return whether the version before may be retired on schedule; a revocation does not ask.

    Without proof that the new one was published: never. With everybody's receipts: after the overlap. Without: a
    finding after max(overlap, freshness + grace), and retired at the maximum age. A consumer whose binding ended counts
    as one without a receipt until what it had kept has ended too.
    """
    if published is None:
        return "wait"
    since = now - published.at
    overlap = timedelta(seconds=grant.overlap_seconds)
    kept = MAX_FRESHNESS + timedelta(seconds=grant.grace_seconds)
    waiting = [
        one
        for one in published.before
        if one.bound.signing not in published.receipts and (now < one.bound.expires or since < kept)
    ]
    if not waiting:
        return "retire" if since >= overlap else "wait"
    if since >= max(timedelta(seconds=grant.maximum_age_seconds), overlap, kept):
        return "retire"
    return "overdue" if since >= max(overlap, kept) else "wait"
