"""Puts: whether a custodian may apply one. It is asked before the put is opened."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from wardline.vault.protocol import grants
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.clocks import MAX_AHEAD
from wardline.vault.protocol.encoding import whole_milliseconds
from wardline.vault.protocol.envelope import Envelope, Read, unverified
from wardline.vault.protocol.errors import EpochError, NotGrantedError, PutConflictError, PutError, SignatureError
from wardline.vault.protocol.floors import Floor, Floors
from wardline.vault.protocol.model.grant import PERSON_ISSUER, Grant, Subject
from wardline.vault.protocol.model.statement import Put, PutHeader
from wardline.vault.protocol.roots import TrustedRoot
from wardline.vault.protocol.sealing import UNCOMMITTED

MAX_PUT: Final = timedelta(minutes=10)


def header(  # noqa: PLR0913 - the parts of one header
    grant: Read[Grant], *, writer: str, epoch: int, expected: int, nonce: bytes, now: datetime
) -> PutHeader:
    """Return the header of a put that lives for ten minutes; its origin says whether a person brings it.

    Raises: `NotGrantedError` where the grant names no such writer.
    """
    subject = _writer(grant.document, writer)
    issued = whole_milliseconds(now)
    return PutHeader(
        root=grant.document.root,
        zone=grant.document.zone,
        path=grant.document.path,
        epoch=epoch,
        expected=expected,
        nonce=nonce,
        writer=writer,
        grant=grant.digest,
        origin="imported" if subject.issuer == PERSON_ISSUER else "written",
        commitment=UNCOMMITTED,
        issued=issued,
        expires=issued + MAX_PUT,
    )


def require(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    content: bytes,
    trusted: TrustedRoot,
    grant: Read[Grant],
    floors: Floors,
    floor: Floor,
    bound: Iterable[Bound],
    *,
    used: Collection[bytes],
    now: datetime,
) -> Read[Put]:
    """Return a put that may be applied now. `grant` is `admitting.current_grant`'s; `used` are nonces seen before.

    A nonce is remembered until its put's `expires`, and before it is applied. Raises: `PutError` where it ended or is a
    repeat, or was sealed to others than the zone's custodians; `PutConflictError` where another version is current;
    `NotGrantedError`, `RevokedError`, `SignatureError`, `EpochError`.
    """
    read = unverified(Put, content, trusted.id)
    said = read.document.header
    if (said.root, said.zone, said.path) != (trusted.id, grant.document.zone, grant.document.path):
        raise PutError("the put is for another secret")
    subject = _writer(grant.document, said.writer)
    grants.require_kept(grant.document, subject.name, floors.revoked)
    _require_signed(read.envelope, subject, trusted, bound, now)
    if said.origin != ("imported" if subject.issuer == PERSON_ISSUER else "written"):
        raise PutError("the put says wrongly whether a person brought it")
    if not timedelta(0) < said.expires - said.issued <= MAX_PUT or said.issued - now > MAX_AHEAD:
        raise PutError("the put is longer than ten minutes, or from the future")
    if now >= said.expires:
        raise PutError("the put has ended", hint="put it again")
    if said.nonce in used:
        raise PutError("the put is a repeat of one that was seen")
    if said.epoch != floors.epoch:
        raise EpochError(f"the put is of epoch {said.epoch}, and it is epoch {floors.epoch}")
    if said.grant != grant.digest:
        raise PutError("the put was made under another grant than the current one")
    number = floor.number if floor.epoch == floors.epoch else 0
    if said.expected != number:
        raise PutConflictError(f"the put follows version {said.expected}, and {number} is current")
    _require_sealed(read.document, trusted)
    return read


def _writer(grant: Grant, name: str) -> Subject:
    for one in grant.writers:
        if one.name == name:
            return one
    raise NotGrantedError(f"the grant for {grant.path} names no writer {name}")


def _require_signed(
    envelope: Envelope, subject: Subject, trusted: TrustedRoot, bound: Iterable[Bound], now: datetime
) -> None:
    if subject.issuer == PERSON_ISSUER:
        names = {one.value for one in subject.claims}
        keys = [one.key for one in trusted.root.approvers if one.name in names]
    else:
        keys = [one.signing for one in bound if now < one.expires and one.identity.fits(subject)]
    if not envelope.signers(keys):
        raise SignatureError(f"the put is not signed by {subject.name}")


def _require_sealed(put: Put, trusted: TrustedRoot) -> None:
    """Refuse a put that one custodian could apply and another could not, or that a stranger could read."""
    wanted = {(one.name, one.sealing.key_id, one.sealing.kem) for one in trusted.custodians(put.header.zone)}
    if {(one.custodian, one.key_id, one.kem) for one in put.wraps} != wanted:
        raise PutError(
            "the put is not sealed to exactly the zone's custodians",
            hint="the writer's root may be older: it fetches the newest",
        )
