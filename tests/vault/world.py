"""The vault in memory: a server that is a dictionary anybody may write to, and custodians, agents and people over it.

The server is the attacker's: tests change its lists and dictionaries at will, and replace what it offers. The parties
are honest and hold nothing but their own keys, floors and clocks.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.vault.issuer import GITHUB, KUBERNETES, Tokens

from wardline.kernel import merkle
from wardline.kernel.ledger.keys import Signer as LedgerSigner
from wardline.kernel.ledger.keys import note, signed_text
from wardline.kernel.ledger.model import Head as LedgerHead
from wardline.vault.protocol import (
    accepting,
    admitting,
    bindings,
    clocks,
    encoding,
    freshness,
    grants,
    heads,
    opening,
    puts,
    receipts,
    roots,
    sealing,
)
from wardline.vault.protocol import floors as floor_module
from wardline.vault.protocol.accepting import Accepted, Offer, Reader
from wardline.vault.protocol.envelope import Read, enveloped, read_envelope
from wardline.vault.protocol.floors import Floor, Floors
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.heads import Leaf
from wardline.vault.protocol.keys import SoftwareSigner, thumbprint
from wardline.vault.protocol.model.binding import Evidence
from wardline.vault.protocol.model.grant import Claim, Epoch, Grant, Revocation, Subject
from wardline.vault.protocol.model.root import Approver, Custodian, Issuer, LedgerKey, PinnedKey, Root, Zone
from wardline.vault.protocol.model.statement import Freshness, HeadSeen
from wardline.vault.protocol.model.version import Version, Wrap
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.protocol.roots import Pin, TrustedRoot

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATH = "db/orders"
ORIGIN = "wardline/test"


class Chance:
    """Bytes that look random and are the same in every run."""

    def __init__(self, seed: str = "world") -> None:
        self._state = hashlib.shake_256(seed.encode())
        self._count = 0

    def __call__(self, size: int) -> bytes:
        self._count += 1
        drawn = self._state.copy()
        drawn.update(self._count.to_bytes(8, "big"))
        return drawn.digest(size)


class Server:
    """Everything that the attacker may read and write: envelopes, wraps, events, and the ledger's key."""

    def __init__(self, chance: Chance) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.ledger = LedgerSigner(Ed25519PrivateKey.from_private_bytes(chance(32)))
        self.roots: list[bytes] = []
        self.epochs: list[bytes] = []
        self.grants: dict[str, list[bytes]] = {}
        self.versions: dict[str, list[bytes]] = {}
        self.wraps: dict[tuple[bytes, bytes], bytes] = {}  # (version's digest, sealing key's id)
        self.freshness: dict[str, bytes] = {}  # by custodian, the newest
        self.bindings: list[bytes] = []
        self.puts: list[bytes] = []
        self.receipts: list[bytes] = []
        self.revocations: list[bytes] = []
        self.entries: list[bytes] = []
        self.at = START

    def record(self, kind: str, path: str, digest: bytes) -> None:
        event = {
            "action": heads.action(kind),
            "subject": path,
            "details": heads.details(digest),
            "n": len(self.entries),
        }
        self.entries.append(json.dumps(event).encode())

    def _tree(self, level: int, position: int) -> bytes:
        first = position << level
        return merkle.root(merkle.leaf_hash(one) for one in self.entries[first : first + (1 << level)])

    def head(self, size: int | None = None) -> bytes:
        size = len(self.entries) if size is None else size
        root = merkle.root_at(size, self._tree)
        signature = self.ledger.sign(signed_text(ORIGIN, size, root, self.at))
        return note(ORIGIN, LedgerHead(size, root, self.at, "", signature), self.ledger.public).encode()

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        return merkle.consistency(first, second, self._tree) if 0 < first < second else ()

    def leaf(self, kind: str, path: str, digest: bytes) -> Leaf:
        size = len(self.entries)
        for number, entry in enumerate(self.entries):
            if heads.names(entry, kind, path, digest):
                return Leaf(entry, number, merkle.inclusion(number, size, self._tree))
        return Leaf(b"{}", 0, ())

    def offer(self, path: str, key_id: bytes, seen: int) -> Offer:
        """Return what an honest server would hand out, over whatever its tables hold now."""
        version = self.versions[path][-1]
        digest = read_envelope(version).digest
        stated = max(self.freshness.values(), key=lambda one: self._current(one, path))
        head_seen = encoding.read(Freshness, read_envelope(stated).payload, "").head.size
        size = len(self.entries)
        return Offer(
            grant=self.grants[path][-1],
            version=version,
            wrap=self.wraps.get((digest, key_id), b""),
            freshness=stated,
            head=self.head(),
            leaf=self.leaf("version", path, digest),
            known=self.consistency(seen, size),
            stated=self.consistency(head_seen, size),
            roots=tuple(self.roots),
            epochs=tuple(self.epochs),
        )

    @staticmethod
    def _current(content: bytes, path: str) -> tuple[int, int, datetime]:
        said = encoding.read(Freshness, read_envelope(content).payload, "")
        current = said.of_path(path)
        return said.epoch, current.number if current else 0, said.issued


@dataclass
class CustodianParty:
    """A custodian: keys, what it has seen, and the bindings that it verified itself."""

    name: str
    world: "World"
    signer: SoftwareSigner
    key: OpeningKey
    zone: str = "eu"
    trusted: TrustedRoot = field(init=False)
    floors: Floors = field(default_factory=floor_module.none)
    paths: dict[str, Floor] = field(default_factory=dict)
    known: dict[str, Grant] = field(default_factory=dict)
    bound: list[bindings.Bound] = field(default_factory=list)
    nonces: set[bytes] = field(default_factory=set)
    consumers: dict[bytes, tuple[admitting.Consumer, ...]] = field(default_factory=dict)
    watch: clocks.Watch | None = None
    findings: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        self.watch = self.watch or clocks.Watch.begun(self.world.wall, self.world.monotonic, self.floors.signed)
        return self.watch.now(self.world.wall, self.world.monotonic)

    def floor(self, path: str) -> Floor:
        return self.paths.get(path) or floor_module.none_of(path)

    def follow(self) -> None:
        """Take roots, epochs, bindings, revocations and grants from the server, each by its own signatures."""
        server = self.world.server
        self.trusted = accepting.follow_roots(self.trusted, server.roots)
        self.floors = accepting.follow_epochs(self.trusted, self.floors, server.epochs)
        for content in server.revocations:
            self.revoke(content)
        for path, contents in server.grants.items():
            self.take_grants(path, contents)

    def take_grants(self, path: str, contents: list[bytes]) -> None:
        reads = [grants.require(one, self.trusted) for one in contents]
        last = grants.follow(self.known.get(path), self.floor(path).grant, reads)
        if last is not None:
            self.paths[path] = self.floor(path).granted(last.document.version, last.digest)
            self.known[path] = last.document

    def revoke(self, content: bytes) -> bytes:
        """Apply a revocation and return the acknowledgement."""
        read = grants.require_revocation(content, self.trusted)
        self.floors = replace(
            self.floors, revoked=grants.merged(self.floors.revoked, [grants.revoked_by(read.document)])
        )
        said = grants.acknowledge(read.digest, self.zone, self.name, self.trusted.id, self.now(), self.signer)
        return said.written()

    def bind(self, content: bytes) -> bindings.Bound:
        bound = bindings.require(content, self.trusted, {}, self.now())
        self.bound = [one for one in self.bound if one.digest != bound.digest] + [bound]
        return bound

    def bind_all(self) -> None:
        for content in self.world.server.bindings:
            try:
                self.bind(content)
            except Exception as error:  # noqa: BLE001 - counted, and told by its class
                self.findings.append(type(error).__name__)

    def admission(self, path: str) -> admitting.Admission:
        grant = self.world.server.grants[path][-1]
        floor = self.floor(path)
        return admitting.admit(grant, self.trusted, self.floors, floor, self.bound, zone=self.zone, now=self.now())

    def mint(self, path: str, fields: Mapping[str, Any], origin: str = "minted") -> Read[Version]:
        """Seal a new version to everybody who may have it, and publish it."""
        self.follow()
        self.bind_all()
        admission = self.admission(path)
        self.findings += [type(error).__name__ for _, error in admission.refused]
        read = grants.require(self.world.server.grants[path][-1], self.trusted)
        header = admitting.next_header(
            read, self.trusted, self.floors, self.floor(path), custodian=self.name, origin=origin, now=self.now()
        )
        sealed = sealing.seal_version(header, fields, self.signer, self.world.chance)
        self.paths[path] = self.floor(path).raised(header.epoch, header.number, sealed.digest)
        server = self.world.server
        server.versions.setdefault(path, []).append(sealed.envelope.written())
        server.record("version", path, sealed.digest)
        for one in admission.recipients:
            wrap = sealing.wrap(sealed.data_key, sealed.version.header, sealed.digest, one)
            server.wraps[sealed.digest, one.key.key_id] = encoding.canonical(wrap)
        self.consumers[sealed.digest] = admission.consumers
        self.state()
        return Read(sealed.version, sealed.envelope)

    def rewrap(self, path: str) -> None:
        """Seal the current version to whoever may have it now, and was bound since."""
        self.follow()
        self.bind_all()
        server, floor = self.world.server, self.floor(path)
        version = next(one for one in server.versions[path] if read_envelope(one).digest == floor.version)
        header = admitting.current_version(version, self.trusted, floor, zone=self.zone).document.header
        mine = encoding.read(Wrap, server.wraps[floor.version, self.key.public.key_id], "a wrap")
        data_key = opening.open_wrap(mine, header, floor.version, (self.name,), self.key)
        admission = self.admission(path)
        for one in admission.recipients:
            wrap = sealing.wrap(data_key, header, floor.version, one)
            server.wraps[floor.version, one.key.key_id] = encoding.canonical(wrap)
        self.consumers[floor.version] = admission.consumers
        self.state()

    def take_peer(self, content: bytes) -> None:
        """Raise the floors to what a peer states."""
        said = freshness.require(content, self.trusted, self.zone, epoch=self.floors.epoch, now=self.now()).document
        self.floors = replace(self.floors, revoked=grants.merged(self.floors.revoked, said.revoked))
        for path, floor in floor_module.from_peer(said).items():
            mine = self.floor(path)
            if (floor.epoch, floor.number) >= (mine.epoch, mine.number):
                self.paths[path] = mine.raised(floor.epoch, floor.number, floor.version)

    def state(self) -> bytes:
        """Sign what is current, over the ledger's head as the server shows it."""
        server = self.world.server
        head = heads.require_head(server.head(), self.trusted.root)
        proof = server.consistency(self.floors.head_size, head.size)
        heads.require_prefix(accepting.seen(self.floors), head, proof)
        self.floors = replace(self.floors, origin=head.origin, head_size=head.size, head_root=head.root_hash)
        said = freshness.state(
            self.trusted, self.zone, self.name, self.floors, self.paths.values(), head.seen, self.now(), self.signer
        )
        self.floors = self.floors.seen(self.now())
        server.freshness[self.name] = said.written()
        return server.freshness[self.name]

    def apply(self, content: bytes) -> Read[Version]:
        """Apply a put: check it, remember its nonce, open it, seal it as a version."""
        path = json.loads(read_envelope(content).payload)["header"]["path"]
        grant = admitting.current_grant(
            self.world.server.grants[path][-1], self.trusted, self.floor(path), zone=self.zone, now=self.now()
        )
        read = puts.require(
            content, self.trusted, grant, self.floors, self.floor(path), self.bound, used=self.nonces, now=self.now()
        )
        self.nonces.add(read.document.header.nonce)
        fields = opening.open_put(read.document, self.name, self.key)
        return self.mint(path, fields, read.document.header.origin)


@dataclass
class AgentParty:
    """An agent beside one workload."""

    world: "World"
    signer: SoftwareSigner
    key: OpeningKey
    identity: Identity
    evidence: Evidence
    trusted: TrustedRoot
    floors: Floors = field(default_factory=floor_module.none)
    paths: dict[str, Floor] = field(default_factory=dict)
    kept: dict[str, Offer] = field(default_factory=dict)
    timeline: clocks.Timeline | None = None

    def now(self) -> datetime:
        self.timeline = self.timeline or clocks.Timeline(self.world.wall, self.world.monotonic, self.floors.signed)
        return self.timeline.now(self.world.monotonic)

    def bind(self) -> bytes:
        content = bindings.bind(self.trusted.id, self.key.public, self.signer, self.evidence, self.now()).written()
        self.world.server.bindings.append(content)
        return content

    def reader(self, path: str = PATH) -> Reader:
        floor = self.paths.get(path) or floor_module.none_of(path)
        return Reader(self.identity, self.key, self.trusted, self.floors, floor)

    def offered(self, path: str = PATH) -> Offer:
        return self.world.server.offer(path, self.key.public.key_id, self.floors.head_size)

    def read(self, path: str = PATH, offer: Offer | None = None, *, outage: bool = False) -> Accepted:
        offer = offer or (self.kept[path] if outage else self.offered(path))
        accepted = accepting.accept(offer, path, self.reader(path), self.now(), outage=outage)
        self.trusted, self.floors, self.paths[path] = accepted.trusted, accepted.floors, accepted.floor
        assert self.timeline is not None
        self.timeline = self.timeline.seen(accepted.floors.signed)
        self.kept[path] = offer
        return accepted

    def receipt(self, accepted: Accepted) -> bytes:
        made = receipts.receipt(
            accepted.header,
            accepted.version,
            reader=accepted.subject,
            delivered="read",
            head=accepted.head.seen,
            now=self.now(),
            signer=self.signer,
        )
        return made.written()


class World:
    """A ceremony that was held: three approvers of whom two decide, two custodians, two issuers, one secret."""

    def __init__(self, *, wanted: int = 2) -> None:
        self.chance = Chance()
        self.wall = START
        self.monotonic = 1000.0
        self.server = Server(self.chance)
        self.tokens = Tokens(self.chance)
        self.people = {name: SoftwareSigner(self.chance(32)) for name in ("ada", "bob", "cleo")}
        self.custodians = {
            name: CustodianParty(name, self, SoftwareSigner(self.chance(32)), OpeningKey.generated(self.chance))
            for name in ("keeper-1", "keeper-2")
        }
        self.root = self.first_root()
        envelope = roots.enveloped(self.root, "ordinary")
        for name in ("ada", "bob"):
            envelope = envelope.cosigned(self.people[name])
        self.pin = Pin(envelope.digest)
        self.server.roots.append(envelope.written())
        self.trusted = roots.chain(self.server.roots, self.pin)
        for one in self.custodians.values():
            one.trusted = self.trusted
        self.granted(self.grant())

    @property
    def one(self) -> CustodianParty:
        return self.custodians["keeper-1"]

    @property
    def two(self) -> CustodianParty:
        return self.custodians["keeper-2"]

    def first_root(self) -> Root:
        keepers = tuple(
            Custodian(name, one.signer.public, one.key.public) for name, one in sorted(self.custodians.items())
        )
        return Root(
            root=b"",
            version=1,
            previous=b"",
            organisation="Example",
            issued=START,
            threshold=2,
            grant_threshold=2,
            approvers=tuple(Approver(name, one.public) for name, one in sorted(self.people.items())),
            issuers=(
                Issuer(KUBERNETES, "kubernetes", "", (PinnedKey(self.tokens.jwk),)),
                Issuer(GITHUB, "github", "", (PinnedKey(self.tokens.jwk),)),
            ),
            trust_domains=(),
            zones=(Zone("eu", keepers),),
            ledgers=(LedgerKey(ORIGIN, self.server.ledger.public),),
            witnesses=(),
            witness_threshold=0,
            upheld=(),
        )

    def next_root(self, by: tuple[str, ...] = ("ada", "bob"), **changes: Any) -> bytes:
        """Return a root after the newest one, signed by these people."""
        last = roots.chain(self.server.roots, self.pin)
        root = replace(last.root, root=last.id, version=last.root.version + 1, previous=last.digest, **changes)
        envelope = roots.enveloped(root, "ordinary")
        for name in by:
            envelope = envelope.cosigned(self.people[name])
        return envelope.written()

    def reader(self, name: str = "orders", instances: int = 3, given: int = 1) -> Subject:
        subject = f"system:serviceaccount:shop:{name}"
        return Subject(f"workload:{name}", KUBERNETES, (Claim("sub", subject),), instances, given)

    def grant(self, path: str = PATH, **changes: Any) -> Grant:
        """Return a grant after the newest one of a path, requested by cleo."""
        before = self.server.grants.get(path, [])
        last = grants.require(before[-1], self.trusted) if before else None
        made = last.document if last else Grant(
            root=self.trusted.id,
            path=path,
            version=1,
            previous=b"",
            requester="cleo",
            zone="eu",
            issued=START,
            expires=START + timedelta(days=365),
            readers=(self.reader(),),
            writers=(
                Subject("person:ada", "root", (Claim("approver", "ada"),), 1, 1),
                Subject("workload:orders", KUBERNETES, self.reader().claims, 3, 1),
            ),
            strategy="none",
            settings=(),
            targets=(),
            rotator=b"",
            rotate_every_seconds=0,
            maximum_age_seconds=86_400,
            overlap_seconds=300,
            drain_seconds=300,
            grace_seconds=3600,
        )  # fmt: skip
        if last:
            made = replace(made, version=made.version + 1, previous=last.digest)
        return replace(made, **changes)

    def granted(self, grant: Grant, by: tuple[str, ...] = ("ada", "bob")) -> bytes:
        """Have a grant approved and put on the server."""
        content = enveloped(grant, *(self.people[name] for name in by)).written()
        self.server.grants.setdefault(grant.path, []).append(content)
        return content

    def agent(self, name: str = "orders", pod: str = "pod-1") -> AgentParty:
        """Return an agent in a pod of a service account, bound to its keys."""
        signer, key = SoftwareSigner(self.chance(32)), OpeningKey.generated(self.chance)
        audience = thumbprint(self.trusted.id, key.public, signer.public)
        token, identity = self.tokens.kubernetes(name, pod, audience, self.wall)
        agent = AgentParty(self, signer, key, identity, Evidence("oidc", KUBERNETES, token), self.trusted)
        agent.bind()
        return agent

    def revocation(self, name: str = "workload:orders", by: tuple[str, ...] = ("ada",), **changes: Any) -> bytes:
        last = grants.require(self.server.grants[PATH][-1], self.trusted).document
        made = Revocation(self.trusted.id, PATH, name, last.version, "left", self.wall)
        return enveloped(replace(made, **changes), *(self.people[one] for one in by)).written()

    def epoch(
        self,
        number: int = 2,
        previous: bytes = b"",
        by: tuple[str, ...] = ("ada", "bob"),
        restored: HeadSeen | None = None,
    ) -> bytes:
        entries, head = (restored.size, restored.root_hash) if restored else (0, b"")
        made = Epoch(self.trusted.id, number, previous, entries, head, "restored", self.wall)
        return enveloped(made, *(self.people[one] for one in by)).written()

    def pass_time(self, **units: float) -> None:
        """Let time pass honestly: the wall clock and the monotonic one alike."""
        self.wall += timedelta(**units)
        self.monotonic += timedelta(**units).total_seconds()
        self.server.at = self.wall
