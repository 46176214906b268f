"""What a custodian checks before it seals anything: the decisive point, for a wrap that was made cannot be taken back.

The same checks on root, grant and bindings as an agent's, by the same code, on evidence the custodian verified itself.
A `Recipient` is made here and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from wardline.vault.protocol import bindings, grants
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.encoding import whole_milliseconds
from wardline.vault.protocol.envelope import Read, unverified
from wardline.vault.protocol.errors import BindingError, GrantError, RefusedError, StaleError
from wardline.vault.protocol.floors import Floor, Floors
from wardline.vault.protocol.model.grant import Grant, Subject
from wardline.vault.protocol.model.root import Custodian
from wardline.vault.protocol.model.version import Header, Origin, Version
from wardline.vault.protocol.roots import TrustedRoot
from wardline.vault.protocol.sealing import UNCOMMITTED, Recipient


@dataclass(frozen=True, slots=True)
class Consumer:
    """A binding that a version may be sealed to, as the grant's subject `name`."""

    name: str
    bound: Bound

    @property
    def recipient(self) -> Recipient:
        """Return whom a data key is sealed to."""
        return Recipient(self.name, self.bound.sealing)


@dataclass(frozen=True, slots=True)
class Admission:
    """Who a version is sealed to: the zone's custodians, and the bindings of its readers; and who is refused, and why.

    A binding that is refused keeps nobody else from anything; each refusal is a finding.
    """

    grant: Grant
    custodians: tuple[Recipient, ...]
    consumers: tuple[Consumer, ...]
    refused: tuple[tuple[Bound, RefusedError], ...]

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Return everybody that the data key is sealed to."""
        return (*self.custodians, *(one.recipient for one in self.consumers))


def admit(  # noqa: PLR0913 - each is a fact of its own
    grant: bytes,
    trusted: TrustedRoot,
    floors: Floors,
    floor: Floor,
    bound: Iterable[Bound],
    *,
    zone: str,
    now: datetime,
) -> Admission:
    """Return who the current version of a secret may be sealed to.

    `bound` are bindings that *this* custodian verified (`bindings.require`), the oldest first; `floor` is the path's,
    which this grant has to be the one of. Raises: as `current_grant`.
    """
    read = current_grant(grant, trusted, floor, zone=zone, now=now)
    admitted: dict[str, tuple[Bound, ...]] = {}
    consumers: dict[bytes, Consumer] = {}
    refused: list[tuple[Bound, RefusedError]] = []
    for one in bound:
        try:
            subject = reader(read.document, one, floors, now)
            admitted[subject.name] = bindings.admitted(one, subject, admitted.get(subject.name, ()), now)
        except RefusedError as error:
            refused.append((one, error))
            continue
        consumers[one.digest] = Consumer(subject.name, one)
    kept = {one.digest for many in admitted.values() for one in many}
    return Admission(
        read.document,
        custodians_for(trusted, zone),
        tuple(one for digest, one in consumers.items() if digest in kept),
        tuple(refused),
    )


def current_grant(grant: bytes, trusted: TrustedRoot, floor: Floor, *, zone: str, now: datetime) -> Read[Grant]:
    """Return the grant that stands for a path now, in this custodian's zone.

    Raises: as `grants.require`; `ExpiredGrantError`; `OldVersionError`, `EquivocationError` where the floor knows
    another; `GrantError` where the floor was not raised to it yet (`grants.follow` does that) or it is another zone's.
    """
    read = grants.require(grant, trusted)
    known = read.document
    if known.path != floor.path or known.zone != zone:
        raise GrantError(f"this grant is for {known.path} in zone {known.zone}")
    if floor.granted(known.version, read.digest) != floor:
        raise GrantError(f"grant {known.version} for {known.path} was not followed from {floor.grant_version} yet")
    grants.require_unexpired(known, now)
    return read


def current_version(content: bytes, trusted: TrustedRoot, floor: Floor, *, zone: str) -> Read[Version]:
    """Return the version that is current of a path, to be sealed to whoever was bound since.

    Raises: `StaleError` where it is another one than the floor's; `UnknownCustodianError`, `SignatureError` where its
    custodian is none any more: it is replaced, and sealed to nobody else.
    """
    read = unverified(Version, content, trusted.id)
    header = read.document.header
    if read.digest != floor.version or (header.path, header.zone) != (floor.path, zone):
        raise StaleError(f"{floor.path}: this is not version {floor.number}, which is current")
    read.envelope.require_signer(trusted.custodian(zone, header.custodian).signing, header.custodian)
    return read


def reader(grant: Grant, bound: Bound, floors: Floors, now: datetime) -> Subject:
    """Return the subject of a grant as which a binding may read now.

    Raises: `BindingError` where it ended; `NotGrantedError`; `RevokedError` where every subject it fits was taken off.
    """
    if now >= bound.expires:
        raise BindingError("the binding has ended", hint="the agent makes a new one on new evidence")
    fitting = grants.entitled(grant.readers, bound.identity, "reader")
    refusal: RefusedError | None = None
    for subject in fitting:
        try:
            grants.require_kept(grant, subject.name, floors.revoked)
        except RefusedError as error:
            refusal = error
        else:
            return subject
    raise refusal or GrantError("the grant names nobody")


def custodians_for(trusted: TrustedRoot, zone: str) -> tuple[Recipient, ...]:
    """Return all custodians of a zone as recipients: only the root makes one. Raises: `UnknownCustodianError`."""
    return tuple(Recipient(one.name, one.sealing) for one in trusted.custodians(zone))


def custodians_for_put(grant: bytes, trusted: TrustedRoot, now: datetime) -> tuple[Read[Grant], Sequence[Custodian]]:
    """Return the grant and the custodians that a put is sealed to, for the CLI: after all checks, from the root alone.

    Raises: as `grants.require`; `ExpiredGrantError`.
    """
    read = grants.require(grant, trusted)
    grants.require_unexpired(read.document, now)
    return read, trusted.custodians(read.document.zone)


def next_header(  # noqa: PLR0913 - the parts of one header
    grant: Read[Grant],
    trusted: TrustedRoot,
    floors: Floors,
    floor: Floor,
    *,
    custodian: str,
    origin: Origin,
    now: datetime,
) -> Header:
    """Return the header of the version after the floor's, or of the first one in a new epoch."""
    follows = floor.epoch == floors.epoch and floor.number > 0
    return Header(
        root=trusted.id,
        zone=grant.document.zone,
        path=floor.path,
        epoch=floors.epoch,
        number=floor.number + 1 if follows else 1,
        previous=floor.version if follows else b"",
        grant=grant.digest,
        grant_version=grant.document.version,
        commitment=UNCOMMITTED,
        origin=origin,
        custodian=custodian,
        issued=whole_milliseconds(now),
    )
