"""The half of a custodian that holds keys: what it admits, seals, vouches for and opens. `turning.py` does the steps.

Order is everything: a floor is on the disk before a statement vouches for it, a revocation before it is acknowledged,
whom a version is sealed to before the wrap leaves, a put's nonce before it is applied.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from wardline.vault.custodian import fences, minting
from wardline.vault.custodian.fences import NotReadyError
from wardline.vault.custodian.following import Following, kept
from wardline.vault.custodian.rotating import Reason, Rotation
from wardline.vault.custodian.rotator import Fields, Version
from wardline.vault.protocol import (
    accepting,
    admitting,
    encoding,
    freshness,
    grants,
    heads,
    opening,
    puts,
    receipts,
    sealing,
)
from wardline.vault.protocol.encoding import DIGEST, listed, octets, of, whole_milliseconds
from wardline.vault.protocol.envelope import Read, unverified
from wardline.vault.protocol.errors import RefusedError, StaleError
from wardline.vault.protocol.model.statement import Put
from wardline.vault.protocol.model.version import Header, Origin, Wrap
from wardline.vault.protocol.model.version import Version as Document
from wardline.vault.protocol.receipts import Publication
from wardline.vault.protocol.sealing import Recipient

_NONE: Final = "none"  # the strategy of a value that only people and writers change
_RESTORED: Final = "a server that came back from a backup takes a new epoch: wardline vault epoch --restored"
_AWAKE: Final = timedelta(seconds=60)  # a custodian that was stopped for longer does not tell what it knew before


@dataclass(frozen=True, slots=True)
class Pending:
    """A version that its target has not heard of: its envelope, its digest, and its wraps for the zone's custodians."""

    version: bytes = of(octets(1, 1024 * 1024))
    digest: bytes = of(DIGEST)
    wraps: tuple[bytes, ...] = of(listed(octets(1, 16 * 1024), 16, least=1))


class Keeping(Following):
    """One custodian's keys, memory and judgement. `clock` is its watch's: it raises after a jump, and all stops."""

    def highest(self, path: str) -> int:
        """Return the order of the floor: in a new epoch numbers begin again."""
        floor, epoch = self._memory.floor(path), self._memory.floors().epoch
        return fences.order(epoch, floor.number + 1 if floor.epoch == epoch else 1) - 1

    def shown(self, path: str) -> int:
        """Return the highest order among versions that the zone's custodians signed, as the server shows them."""
        found = [0]
        for content in self._versions(path):
            with suppress(RefusedError):
                header = unverified(Document, content, self._trusted.id).document.header
                number = fences.order(header.epoch, header.number)
                self._signed(path, number, content)
                found.append(number)
        return max(found)

    def published(self, path: str) -> datetime | None:
        """Return when the current version was made; None where this epoch has none."""
        floor = self._memory.floor(path)
        if not floor.number or floor.epoch != self._memory.floors().epoch:
            return None
        return self._current(path).document.header.issued

    def wanted(self, path: str) -> Reason | None:
        """Return `revoked`, `imported` or `asked` where that is why a new version is needed now."""
        if self._memory.taken_away(path):
            return "revoked"
        floor = self._memory.floor(path)
        rotates = floor.epoch == self._memory.floors().epoch and self.grant(path).strategy != _NONE
        if floor.number and rotates and self._current(path).document.header.origin == "imported":
            return "imported"
        return "asked" if self._asked.get(path) else None

    def hurried(self, path: str) -> bool:
        """Return whether somebody was revoked who may know a version that is not refused yet."""
        return self._memory.taken_away(path) is not None

    def mint(self, path: str) -> str:
        """Return a new password."""
        return minting.mint(minting.policy(self.grant(path)), self._random)

    def seal(self, path: str, number: int, fields: Fields) -> tuple[bytes, str]:
        """Return a pending version, sealed to the zone's custodians only, and its mark."""
        sealed, wraps = self._sealed(path, number, fields, "minted")
        pending = Pending(sealed.envelope.written(), sealed.digest, tuple(map(encoding.canonical, wraps)))
        return encoding.canonical(pending), _mark(sealed.digest)

    def open(self, rotation: Rotation) -> Version:
        """Return a row's version, opened. Raises: `RefusedError` for a row that no custodian of the zone wrote."""
        pending, read, data_key = self._pending(rotation)
        fields = opening.open_version(read.document, data_key)
        return Version(rotation.number, _mark(pending.digest), {name: str(value) for name, value in fields.items()})

    def live(self, path: str) -> Sequence[Version]:
        """Return the versions that readers may hold, opened: the current one, and those that are not retired yet."""
        return [self._opened(path, number, digest) for number, digest in sorted(self._held(path).items())]

    def holds(self, path: str) -> frozenset[int]:
        """Return the orders of the versions that readers may hold, from memory alone."""
        return frozenset(self._held(path))

    def _held(self, path: str) -> dict[int, bytes]:
        floor = self._memory.floor(path)
        digests = {number: digest for number, (digest, _) in self._memory.published(path).items()}
        if floor.number:
            digests[fences.order(floor.epoch, floor.number)] = floor.version
        return digests

    def publish(self, rotation: Rotation, claimed: datetime) -> None:
        """Raise the floor, seal the version to its readers, and vouch for it. Raises: `RefusedError`, `NotReadyError`.

        Whoever slept since the target was asked (`claimed`) asks again: another may have taken the slot meanwhile.
        """
        pending, read, data_key = self._pending(rotation)
        header, path = read.document.header, rotation.path
        admission = self.admission(path)
        if not timedelta(0) <= self._clock() - claimed < _AWAKE:
            raise NotReadyError(f"{path}: the target was asked too long ago")
        self._memory.keep(
            self._memory.floor(path).followed(header.epoch, header.number, pending.digest, header.previous)
        )
        self._memory.seal(path, rotation.number, admission.consumers)
        wraps = [sealing.wrap(data_key, header, pending.digest, one) for one in admission.recipients]
        self._shelf.publish(pending.version, [encoding.canonical(one) for one in wraps])
        self.state()
        self._memory.publish(path, rotation.number, pending.digest, self._clock())

    def publication(self, rotation: Rotation) -> Publication | None:
        """Return when this custodian published a version, and who took it; None where it did not."""
        found = self._memory.published(rotation.path).get(rotation.number)
        if found is None:
            return None
        digest, at = found
        pending, read, _ = self._pending(rotation)
        if digest != pending.digest:
            return None
        return self._taken(rotation.path, rotation.number, digest, read.document.header, at)

    def told(self, path: str, number: int, since: datetime) -> Publication | None:
        """Return the same of a version that has no row any more, from memory and from what the server shows.

        `since` takes the place of a time that only another custodian knows. None where neither says that readers were
        ever told of it: a version goes to the server right before a statement vouches for it.
        """
        kept = self._memory.published(path).get(number)
        for content in self._versions(path):
            with suppress(RefusedError):
                read = self._signed(path, number, content)
                if kept is None or kept[0] == read.digest:
                    return self._taken(path, number, read.digest, read.document.header, kept[1] if kept else since)
        return Publication(kept[1] if kept else since, (), ()) if number in self._held(path) else None

    def _taken(self, path: str, number: int, digest: bytes, header: Header, at: datetime) -> Publication:
        now = self._clock()
        consumers = {one.bound.signing: one for one in self.admission(path).consumers}
        for before in self._memory.published(path):
            for one in self._memory.sealed(path, before) if before < number else ():
                if self._kept(path, one.name):
                    consumers.setdefault(one.bound.signing, one)
        received = set()
        for content in self._shelf.documents("receipt", path):
            try:
                _, who = receipts.require(content, self._trusted, header, digest, consumers.values(), now)
            except RefusedError:
                continue  # for another version, or made by nobody that this one was sealed to
            received.add(who.bound.signing)
        return Publication(at, tuple(consumers.values()), received)

    def retired(self, rotation: Rotation) -> None:
        """Forget what is refused, and have its wraps deleted."""
        self._memory.retire(rotation.path, rotation.number)
        self._memory.replaced(rotation.path, self._pending(rotation)[1].document.header.issued)
        self._shelf.retired(rotation.path)

    def forget(self, path: str, below: int) -> None:
        """Forget versions that are refused without a row; the wraps stay, until the next version is retired to."""
        self._memory.retire(path, below)

    def rewrap(self, path: str) -> int:
        """Seal the current version to whoever was bound since; return to how many."""
        floor = self._memory.floor(path)
        replaced_soon = self._memory.taken_away(path) and self.grant(path).strategy != _NONE
        if not floor.number or replaced_soon:
            return 0
        number = fences.order(floor.epoch, floor.number)
        there = {one.bound.digest for one in self._memory.sealed(path, number)}
        new = [one for one in self.admission(path).consumers if one.bound.digest not in there]
        peers = self._peers(path, floor.version)
        if new or peers:
            header, data_key = self._current(path).document.header, self._data_key(floor.version, self._current(path))
            self._memory.seal(path, number, new)
            recipients = [*(one.recipient for one in new), *peers]
            wraps = [sealing.wrap(data_key, header, floor.version, one) for one in recipients]
            self._shelf.seal_to(floor.version, [encoding.canonical(one) for one in wraps])
            self._shared[path] = floor.version, self._trusted.digest
        return len(new)

    def reseal(self, path: str) -> bool:
        """Seal a value that nobody here can change anew, where the custodian that sealed it is none any more.

        It is the same value, and whoever was a custodian knows it: it stays a finding until it is replaced.
        """
        floor = self._memory.floor(path)
        if not floor.number or self.grant(path).strategy != _NONE:
            return False
        read = self._opened_current(path)
        header = read.document.header
        if self._trusted.root.custodian(self._me.zone, header.custodian):
            return False
        fields = opening.open_version(read.document, self._data_key(floor.version, read))
        self._publish_now(path, fields, header.origin)
        return True

    def apply_puts(self, path: str) -> tuple[str, ...]:
        """Apply what granted writers brought: sealed anew by this custodian. Return what was refused.

        A put for a secret with a rotator becomes a version of origin `imported`, which is rotated at once.
        """
        findings: list[str] = []
        for content in self._shelf.documents("put", path):
            nonce = unverified(Put, content, self._trusted.id).document.header.nonce
            if nonce not in self._memory.nonces(self._clock()):
                kept(findings, partial(self._apply, path, content))
        return tuple(findings)

    def vouched(self) -> bool:
        """Return whether this process's last statement says what is current now: grants and revocations change it."""
        return self._stated == self._standing()

    def _standing(self) -> tuple[object, ...]:
        return (self._trusted.digest, self._memory.floors().revoked, self._memory.paths())

    def state(self) -> None:
        """Sign what is current, from the floors alone, over the ledger's head as it follows from the last one seen."""
        floors = self._memory.floors()
        offered = self._shelf.head(floors.head_size)
        head = heads.require_head(offered.note, self._trusted.root)
        heads.require_prefix(accepting.seen(floors), head, offered.consistency)
        now = whole_milliseconds(self._clock())
        floors = replace(floors, origin=head.origin, head_size=head.size, head_root=head.root_hash).seen(now)
        self._memory.keep(floors)
        said = freshness.state(
            self._trusted, self._me.zone, self._me.name, floors, self._memory.paths(), head.seen, now, self._me.signer
        )
        self._shelf.state(said.written())
        self._stated = self._standing()

    def _peers(self, path: str, version: bytes) -> tuple[Recipient, ...]:
        """Return the other custodians, where later roots may have brought one that the version is not sealed to."""
        if self._trusted.root.version == 1 or self._shared.get(path) == (version, self._trusted.digest):
            return ()
        custodians = admitting.custodians_for(self._trusted, self._me.zone)
        return tuple(one for one in custodians if one.name != self._me.name)

    def _apply(self, path: str, content: bytes) -> None:
        now, floors, floor = self._clock(), self._memory.floors(), self._memory.floor(path)
        grants.require_unexpired(self.grant(path), now)
        read = puts.require(
            content, self._trusted, self._grant(path), floors, floor, self._bound,
            used=self._memory.nonces(now), now=now,
        )  # fmt: skip
        header = read.document.header
        self._memory.use(header.nonce, header.expires)
        self._publish_now(path, opening.open_put(read.document, self._me.name, self._me.opening), header.origin)
        if self.grant(path).strategy == _NONE:  # what was brought takes the place of what whoever was revoked knew
            self._memory.replaced(path, header.issued)

    def _publish_now(self, path: str, fields: Mapping[str, object], origin: Origin) -> None:
        """Seal fields to everybody who may have them now, as the next version, without a target."""
        number = self.highest(path) + 1
        sealed, _ = self._sealed(path, number, fields, origin)
        admission = self.admission(path)
        said = sealed.version.header
        self._memory.keep(self._memory.floor(path).raised(said.epoch, said.number, sealed.digest))
        self._memory.seal(path, number, admission.consumers)
        wraps = [sealing.wrap(sealed.data_key, said, sealed.digest, one) for one in admission.recipients]
        self._shelf.publish(sealed.envelope.written(), [encoding.canonical(one) for one in wraps])
        self._memory.publish(path, number, sealed.digest, self._clock())
        self.state()

    def _sealed(
        self, path: str, number: int, fields: Mapping[str, object], origin: Origin
    ) -> tuple[sealing.SealedVersion, list[Wrap]]:
        floors, floor, grant = self._memory.floors(), self._memory.floor(path), self._grant(path)
        header = admitting.next_header(
            grant, self._trusted, floors, floor, custodian=self._me.name, origin=origin, now=self._clock()
        )
        epoch, own = fences.numbers(number)
        sealed = sealing.seal_version(replace(header, epoch=epoch, number=own), fields, self._me.signer, self._random)
        custodians = admitting.custodians_for(self._trusted, self._me.zone)
        said = sealed.version.header
        return sealed, [sealing.wrap(sealed.data_key, said, sealed.digest, one) for one in custodians]

    def _pending(self, rotation: Rotation) -> tuple[Pending, Read[Document], bytes]:
        pending = encoding.read(Pending, rotation.sealed, "a rotation's row")
        read = self._signed(rotation.path, rotation.number, pending.version)
        if read.digest != pending.digest or _mark(read.digest) != rotation.mark:
            raise StaleError(f"{rotation.path}: the row holds another version than it says")
        for content in pending.wraps:
            wrap = encoding.read(Wrap, content, "a wrap")
            if wrap.key_id == self._me.opening.public.key_id:
                header = read.document.header
                return pending, read, opening.open_wrap(wrap, header, read.digest, (self._me.name,), self._me.opening)
        raise StaleError(f"{rotation.path}: the row is not sealed to this custodian")

    def _signed(self, path: str, number: int, content: bytes) -> Read[Document]:
        read = unverified(Document, content, self._trusted.id)
        header: Header = read.document.header
        if (header.path, header.zone, fences.order(header.epoch, header.number)) != (path, self._me.zone, number):
            raise StaleError(f"{path}: this is another version than {fences.told(number)}")
        if (
            read.digest in self._held(path).values()
        ):  # its signature was good when this custodian raised its floor to it
            return read
        signer = self._trusted.custodian(self._me.zone, header.custodian)
        read.envelope.require_signer(signer.signing, header.custodian)
        return read

    def _opened(self, path: str, number: int, digest: bytes) -> Version:
        for content in self._versions(path):
            if unverified(Document, content, self._trusted.id).digest == digest:
                read = self._signed(path, number, content)
                fields = opening.open_version(read.document, self._data_key(digest, read))
                return Version(number, _mark(digest), {name: str(value) for name, value in fields.items()})
        raise NotReadyError(f"{path}: the server does not show version {fences.told(number)}", hint=_RESTORED)

    def _opened_current(self, path: str) -> Read[Document]:
        """Return the current version whoever sealed it: this custodian knows its digest."""
        floor = self._memory.floor(path)
        number = fences.order(floor.epoch, floor.number)
        for content in reversed(self._versions(path)):
            if unverified(Document, content, self._trusted.id).digest == floor.version:
                return self._signed(path, number, content)
        raise NotReadyError(f"{path}: the server does not show version {fences.told(number)}", hint=_RESTORED)

    def _current(self, path: str) -> Read[Document]:
        floor = self._memory.floor(path)
        for content in reversed(self._versions(path)):
            if unverified(Document, content, self._trusted.id).digest == floor.version:
                return admitting.current_version(content, self._trusted, floor, zone=self._me.zone)
        raise NotReadyError(
            f"{path}: the server does not show version {floor.number}, which is current", hint=_RESTORED
        )

    def _versions(self, path: str) -> Sequence[bytes]:
        return self._shelf.documents("version", path)

    def _data_key(self, digest: bytes, read: Read[Document]) -> bytes:
        wrap = encoding.read(Wrap, self._shelf.wrap(digest), "a wrap")
        return opening.open_wrap(wrap, read.document.header, digest, (self._me.name,), self._me.opening)

    def _kept(self, path: str, name: str) -> bool:
        try:
            grants.require_kept(self.grant(path), name, self._memory.floors().revoked)
        except RefusedError:
            return False
        return True


def _mark(digest: bytes) -> str:
    return digest.hex()[:16]
