"""What an agent checks before it uses a value: the whole chain, in one place, each refusal with a code of its own.

root chain -> epoch -> grant carries two distinct people -> own identity is a reader -> version signed by a custodian
that the root names for the zone -> number at the floor or above *and* the one that an unexpired freshness statement
vouches for -> the wrap opens with the bound context -> the data key is the committed one -> the version stands under a
head that is consistent with the last one seen.

Nothing that the server sends is trusted for what it says, and nothing is remembered of what was refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from wardline.kernel import merkle
from wardline.vault.protocol import encoding, freshness, grants, heads, opening, roots
from wardline.vault.protocol.envelope import Read, read_envelope, unverified
from wardline.vault.protocol.errors import ForkError, GrantError, OldVersionError, RefusedError, StaleError
from wardline.vault.protocol.floors import Floor, Floors
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.heads import Head, Leaf
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.model.statement import Freshness, HeadSeen
from wardline.vault.protocol.model.version import Header, Version, Wrap
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.protocol.roots import TrustedRoot


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server hands out for one secret: all of it bytes that anybody may have written.

    `roots` and `epochs` are those after the ones the agent knows, in order (known ones may be among them). `known` is
    the proof that `head` begins with the head the agent saw last, `stated` that it begins with the freshness
    statement's.
    """

    grant: bytes
    version: bytes
    wrap: bytes
    freshness: bytes
    head: bytes
    leaf: Leaf
    known: tuple[bytes, ...] = ()
    stated: tuple[bytes, ...] = ()
    roots: tuple[bytes, ...] = ()
    epochs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """What an agent is and has seen: its own identity and key, its root, its floors and the path's floor."""

    identity: Identity
    key: OpeningKey
    trusted: TrustedRoot
    floors: Floors
    floor: Floor


@dataclass(frozen=True, slots=True)
class Accepted:
    """A value that may be used, and what has to be kept *before* it is: the root, the floors and the path's floor.

    It may be served until `fresh_until`; while no server answers, until `serve_until` (by the grant's grace, and never
    beyond the grant). `fields` never leave the agent's memory but to its workload.
    """

    fields: dict[str, Any]
    header: Header
    version: bytes
    subject: str
    grant: Grant
    head: Head
    trusted: TrustedRoot
    floors: Floors
    floor: Floor
    fresh_until: datetime
    serve_until: datetime

    def __repr__(self) -> str:
        return f"Accepted({self.header.path}, {self.header.epoch}/{self.header.number})"


def accept(offer: Offer, path: str, reader: Reader, now: datetime, *, outage: bool = False) -> Accepted:
    """Return the value of `path` in an offer, or refuse it.

    `now` comes from a `clocks.Timeline`. With `outage`, the offer is one that was kept on disk and accepted before: its
    freshness may have ended by up to the grant's grace, and nothing newer than the floors is taken from it.

    Raises: a `RefusedError` whose code names the check that failed.
    """
    trusted, floors = bases(offer, reader)
    before = reader.floor.restored() if floors.restarted(reader.floors) else reader.floor
    grant, subjects = _grant(offer, path, trusted, floors, reader.identity, now)
    version = _version(offer, path, trusted, grant.document, floors)
    grace = timedelta(seconds=grant.document.grace_seconds) if outage else timedelta(0)
    fresh = freshness.require(
        offer.freshness, trusted, grant.document.zone, epoch=floors.epoch, now=now, grace=grace
    ).document
    floor = _current(version, grant, fresh, before)
    for name in subjects:
        grants.require_kept(grant.document, name, fresh.revoked)
    wrap = encoding.read(Wrap, offer.wrap, "a wrap")
    header = version.document.header
    data_key = opening.open_wrap(wrap, header, version.digest, subjects, reader.key)
    if outage and floor != reader.floor:
        raise StaleError(f"{path}: what was kept is not what was accepted last")
    head = _under_a_head(offer, version, trusted, floors if not outage else None, fresh)
    fields = opening.open_version(version.document, data_key)
    raised = replace(floors, root_version=trusted.root.version, root_digest=trusted.digest)
    if not outage:
        raised = replace(raised, origin=head.origin, head_size=head.size, head_root=head.root_hash)
    raised = raised.seen(max(fresh.issued, header.issued))
    until = min(fresh.expires + timedelta(seconds=grant.document.grace_seconds), grant.document.expires)
    return Accepted(
        fields=fields,
        header=header,
        version=version.digest,
        subject=wrap.recipient,
        grant=grant.document,
        head=head,
        trusted=trusted,
        floors=raised,
        floor=floor,
        fresh_until=min(fresh.expires, grant.document.expires),
        serve_until=until,
    )


def follow_roots(trusted: TrustedRoot, contents: Iterable[bytes]) -> TrustedRoot:
    """Return the newest root of those that follow from the known one; ones before it are passed over.

    Raises: as `roots.follow`.
    """
    for content in contents:
        if read_envelope(content).digest == trusted.digest:
            continue
        if roots.version_of(content, trusted.standing) >= trusted.root.version:
            trusted = roots.follow(trusted, content)
    return trusted


def follow_epochs(trusted: TrustedRoot, floors: Floors, contents: Iterable[bytes]) -> Floors:
    """Return the floors in the newest epoch that two approvers raised. Raises: as `grants.require_epoch`."""
    for content in contents:
        if grants.epoch_of(content, trusted) < floors.epoch:
            continue
        read = grants.require_epoch(content, trusted, known=floors.epoch, known_digest=floors.epoch_digest)
        said = read.document
        restored = HeadSeen(said.entries, said.head) if said.entries else None
        floors = floors.at(said.epoch, read.digest, restored)
    return floors


def bases(offer: Offer, reader: Reader) -> tuple[TrustedRoot, Floors]:
    """Return the root and the floors that an offer leads to, whatever else is in it.

    A party keeps a new epoch before it looks further: only then does it ask for the proofs that go with it.

    Raises: `OldVersionError`; as `follow_roots` and `follow_epochs`.
    """
    trusted, floors = follow_roots(reader.trusted, offer.roots), reader.floors
    if trusted.root.version < floors.root_version:
        raise OldVersionError(f"root {trusted.root.version} is older than {floors.root_version}, which was seen")
    return trusted, follow_epochs(trusted, floors, offer.epochs)


def _grant(  # noqa: PLR0913, PLR0917 - each is a fact of its own
    offer: Offer, path: str, trusted: TrustedRoot, floors: Floors, identity: Identity, now: datetime
) -> tuple[Read[Grant], tuple[str, ...]]:
    """Return the grant and the names under which this identity reads, where they were not taken off."""
    read = grants.require(offer.grant, trusted)
    if read.document.path != path:
        raise GrantError(f"this is the grant for {read.document.path}, and {path} was asked for")
    grants.require_unexpired(read.document, now)
    kept: list[str] = []
    refusal: RefusedError | None = None
    for subject in grants.entitled(read.document.readers, identity, "reader"):
        try:
            grants.require_kept(read.document, subject.name, floors.revoked)
        except RefusedError as error:
            refusal = error
        else:
            kept.append(subject.name)
    if refusal is not None and not kept:
        raise refusal
    return read, tuple(kept)


def _version(offer: Offer, path: str, trusted: TrustedRoot, grant: Grant, floors: Floors) -> Read[Version]:
    """Return the version, where a custodian of the grant's zone signed it for this path in this epoch."""
    read = unverified(Version, offer.version, trusted.id)
    header = read.document.header
    custodian = trusted.custodian(grant.zone, header.custodian)
    read.envelope.require_signer(custodian.signing, header.custodian)
    if (header.root, header.path, header.zone) != (trusted.id, path, grant.zone):
        raise StaleError(f"this is a version of {header.path}, and {path} was asked for")
    if header.epoch != floors.epoch:
        floors.at(header.epoch, b"")  # an epoch that has ended is refused as such
        raise StaleError(f"this version is of epoch {header.epoch}, which nobody raised")
    if header.grant_version > grant.version:
        raise OldVersionError(f"this version was made under grant {header.grant_version}, which is kept back")
    return read


def _current(version: Read[Version], grant: Read[Grant], fresh: Freshness, floor: Floor) -> Floor:
    """Return the path's floor, raised to a version and a grant that are the ones vouched for."""
    header = version.document.header
    raised = floor.followed(header.epoch, header.number, version.digest, header.previous)
    raised = raised.granted(grant.document.version, grant.digest)
    current = freshness.vouched(fresh, header.path, header.number, version.digest)
    if (current.grant_version, current.grant) != (grant.document.version, grant.digest):
        raise StaleError(f"{header.path}: grant {grant.document.version} is not the one that the custodian vouches for")
    return raised


def _under_a_head(
    offer: Offer, version: Read[Version], trusted: TrustedRoot, floors: Floors | None, fresh: Freshness
) -> Head:
    """Return the head: signed, beginning with every head that was seen, with the version under it.

    Without `floors`: what was kept and accepted before is read again, and newer heads were seen since.
    """
    head = heads.require_head(offer.head, trusted.root)
    if floors is not None:
        if floors.origin and head.origin != floors.origin:
            raise ForkError(f"the ledger was {floors.origin}, and this head is of {head.origin}")
        heads.require_prefix(seen(floors), head, offer.known)
    heads.require_prefix(fresh.head, head, offer.stated)
    heads.require_leaf(offer.leaf, head, Version.kind, version.document.header.path, version.digest)
    return head


def seen(floors: Floors) -> HeadSeen:
    """Return the last head that was seen, as freshness statements and receipts carry it; of none, the empty tree's."""
    return HeadSeen(floors.head_size, floors.head_root or merkle.EMPTY_ROOT)
