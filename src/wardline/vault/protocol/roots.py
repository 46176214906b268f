"""The chain of roots: TUF's rules for root metadata, tightened.

The first root is known by its digest, given at install. Each later one has the next version, names the digest of the
one before it, and is signed by the threshold of the one before it *and* by its own (TUF specification v1.0.33 §5.3).
Tighter than TUF: people are counted by name and by key bytes; a threshold below 2 is refused whoever signed it; no key
has two roles, the ledger's (which the server holds) least of all. What one person approves alone is a document of
another kind, which the ordinary parties refuse and which never becomes the ordinary kind.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wardline.kernel.text import printable
from wardline.vault.protocol import approvals, encoding
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.envelope import Envelope, Read, read_envelope
from wardline.vault.protocol.errors import (
    EquivocationError,
    ForeignRootError,
    MalformedError,
    RootError,
    SoloRootError,
    UnknownCustodianError,
    UnpinnedRootError,
    WrongKindError,
)
from wardline.vault.protocol.keys import require_usable, usable
from wardline.vault.protocol.model.grant import JOIN_ISSUER, PERSON_ISSUER, SPIFFE_SCHEME
from wardline.vault.protocol.model.root import LEAST_THRESHOLD, Custodian, Root, Standing


@dataclass(frozen=True, slots=True)
class Pin:
    """The first root's digest, as it was given at install, and what kind of root this party takes."""

    digest: bytes
    standing: Standing = "ordinary"

    def __str__(self) -> str:
        return f"{self.standing}:{b64(self.digest)}"

    @classmethod
    def parse(cls, text: str) -> "Pin":
        """Return the pin that `ordinary:<digest>` stands for. Raises: `MalformedError`."""
        standing, _, digest = text.strip().partition(":")
        try:
            found = unb64(digest)
        except ValueError:
            found = b""
        if standing not in Root.kinds or len(found) != encoding.DIGEST_BYTES:
            raise MalformedError(
                "this is no root's digest", hint="it looks like ordinary:… and comes from the ceremony"
            )
        return cls(found, standing)


@dataclass(frozen=True, slots=True)
class TrustedRoot:
    """A root that follows from the pinned one. `id` is the first root's digest: what every document carries."""

    root: Root
    id: bytes
    digest: bytes
    standing: Standing

    def custodian(self, zone: str, name: str) -> Custodian:
        """Return the custodian of this name in this zone. Raises: `UnknownCustodianError`."""
        found = self.root.custodian(zone, name)
        if found is None:
            raise UnknownCustodianError(
                f"the root names no custodian {printable(name, max_chars=60)} in zone {printable(zone, max_chars=60)}"
            )
        return found

    def upholds(self, digest: bytes) -> bool:
        """Return whether the root itself approves a document that people of earlier roots approved."""
        at = bisect_left(self.root.upheld, digest)  # in ascending order: the encoding takes no other
        return at < len(self.root.upheld) and self.root.upheld[at] == digest

    def custodians(self, zone: str) -> tuple[Custodian, ...]:
        """Return all custodians of a zone. Raises: `UnknownCustodianError` where it has none."""
        found = self.root.zone(zone)
        if found is None or not found.custodians:
            raise UnknownCustodianError(f"the root names no custodian in zone {printable(zone, max_chars=60)}")
        return found.custodians


def first(content: bytes, pin: Pin) -> TrustedRoot:
    """Return the pinned root. Raises: `UnpinnedRootError`, `SoloRootError`, `RootError`, `ThresholdError`."""
    read = _read(content, pin.standing)
    root, digest = read.document, read.digest
    if digest != pin.digest:
        raise UnpinnedRootError(
            "the first root is not the one that was given at install",
            hint="compare its digest with the one that the ceremony printed",
        )
    if root.version != 1 or root.root or root.previous:
        raise RootError("the first root has version 1 and follows no other")
    require_sound(root, pin.standing)
    approvals.require(read.envelope, root.approvers, root.threshold)
    return TrustedRoot(root, digest, digest, pin.standing)


def follow(trusted: TrustedRoot, content: bytes) -> TrustedRoot:
    """Return the root after `trusted`, or `trusted` itself where it is the same one.

    Raises: `RootError` where it does not follow; `EquivocationError` where there are two of one version;
    `ThresholdError`.
    """
    read = _read(content, trusted.standing)
    root, digest = read.document, read.digest
    if digest == trusted.digest:
        return trusted
    if root.version == trusted.root.version:
        raise EquivocationError(f"there are two roots of version {root.version}", hint="stop, and ask your approvers")
    if root.root != trusted.id:
        raise ForeignRootError("this root belongs to another chain of roots")
    if root.version != trusted.root.version + 1 or root.previous != trusted.digest:
        raise RootError(f"root {root.version} does not follow from root {trusted.root.version}")
    require_sound(root, trusted.standing)
    approvals.require(read.envelope, trusted.root.approvers, trusted.root.threshold)
    approvals.require(read.envelope, root.approvers, root.threshold)
    return TrustedRoot(root, trusted.id, digest, trusted.standing)


def chain(contents: Iterable[bytes], pin: Pin) -> TrustedRoot:
    """Return the last root of a chain that begins with the pinned one. Raises: as `first` and `follow`."""
    trusted: TrustedRoot | None = None
    for content in contents:
        trusted = first(content, pin) if trusted is None else follow(trusted, content)
    if trusted is None:
        raise RootError("there is no root", hint="hand over the roots that the ceremony made")
    return trusted


def before(trusted: TrustedRoot, contents: Iterable[bytes]) -> Iterator[Root]:
    """Yield the roots before `trusted`, the newest first, as far as they are among `contents`: digests name them."""
    known = {envelope.digest: envelope for envelope in map(read_envelope, contents)}
    root = trusted.root
    while root.previous in known:
        root = encoding.read(Root, known[root.previous].payload, "a root")
        yield root


def version_of(content: bytes, standing: Standing) -> int:
    """Return the version that a root claims to have. Raises: `MalformedError`, `SoloRootError`, `WrongKindError`."""
    return _read(content, standing).document.version


def enveloped(root: Root, standing: Standing) -> Envelope:
    """Return a root in an envelope that nobody has signed yet. Raises: `RootError` for one that nobody may sign."""
    require_sound(root, standing)
    return Envelope(Root.kinds[standing], encoding.canonical(root))


def require_approved(envelope: Envelope, trusted: TrustedRoot, threshold: int, *, besides: str = "") -> None:
    """Refuse what too few of the root's people signed, unless the root upholds it. Raises: `ThresholdError`."""
    if not trusted.upholds(envelope.digest):
        approvals.require(envelope, trusted.root.approvers, threshold, besides=besides)


def require_sound(root: Root, standing: Standing) -> None:
    """Refuse what no root may say, whoever signed it. Raises: `RootError`, `MalformedError`."""
    least = LEAST_THRESHOLD if standing == "ordinary" else 1
    if min(root.threshold, root.grant_threshold) < least:
        raise RootError(f"a root with a threshold below {least} is none, whoever signed it")
    if standing != "ordinary" and (root.threshold, root.grant_threshold, len(root.approvers)) != (1, 1, 1):
        raise RootError("a solo root names one person")
    if max(root.threshold, root.grant_threshold) > len(root.approvers):
        raise RootError("a root's thresholds are beyond the number of its approvers")
    if root.witness_threshold > len(root.witnesses):
        raise RootError("a root asks for more witnesses than it names")
    _require_own_keys(root)
    _require_own_names(root)


def _require_own_keys(root: Root) -> None:
    custodians = [one for zone in root.zones for one in zone.custodians]
    signing = [one.key for one in root.approvers]
    signing += [one.signing for one in custodians]
    signing += [one.key for one in root.witnesses]
    signing += {one.key for one in root.ledgers}
    if not all(usable(key) for key in signing):
        raise RootError("a root names a key that anybody could sign with")
    if any(count > 1 for count in Counter(signing).values()):
        raise RootError(
            "one key stands twice in a root: every person, custodian, witness and ledger has a key of its own"
        )
    for one in custodians:
        require_usable(one.sealing)
    if len({one.sealing for one in custodians}) != len(custodians):
        raise RootError("two custodians share a sealing key")


def _require_own_names(root: Root) -> None:
    names = [one.name for zone in root.zones for one in zone.custodians]
    if len(set(names)) != len(names):
        raise RootError("two custodians share a name")
    for one in root.issuers:
        if one.issuer in {PERSON_ISSUER, JOIN_ISSUER} or one.issuer.startswith(SPIFFE_SCHEME):
            raise RootError("an issuer's name is one that the protocol uses itself")
        if not one.keys and not one.jwks_uri:
            raise RootError(f"issuer {one.issuer} has neither keys nor an address to fetch them from")


def _read(content: bytes, standing: Standing) -> Read[Root]:
    envelope = read_envelope(content)
    wanted = Root.kinds[standing]
    if envelope.kind != wanted:
        if envelope.kind in Root.kinds.values():
            raise SoloRootError(
                f"this is a {envelope.kind}, and this party takes a {wanted}",
                hint="what one person approves alone never becomes what two people approve: hold a ceremony",
            )
        raise WrongKindError(f"this is a {printable(envelope.kind, max_chars=40)}, and not a {wanted}")
    return Read(encoding.read(Root, envelope.payload, "a root"), envelope)
