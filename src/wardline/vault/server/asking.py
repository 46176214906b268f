"""What people ask of the vault: ceremonies, grants, revocations, rotations; lists that hold no value.

People sign on their own machines, with keys that never come here. The server collects signatures until there are
enough, and keeps what is then whole. It never signs, and no page does.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, ConflictError, NotFoundError
from wardline.kernel.identity.model import Principal, require
from wardline.kernel.paging import Listing, Page, cursor
from wardline.vault.protocol import encoding, grants, roots
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.envelope import Envelope, read_envelope, unverified
from wardline.vault.protocol.errors import ThresholdError
from wardline.vault.protocol.model.binding import Binding
from wardline.vault.protocol.model.grant import BreakGlass, Epoch, Grant, Revocation
from wardline.vault.protocol.model.root import Approver, Root
from wardline.vault.protocol.model.statement import Put
from wardline.vault.protocol.roots import TrustedRoot
from wardline.vault.server import store
from wardline.vault.server.model import Kept, Proposal
from wardline.vault.server.room import Room, order, standing_of

_PROPOSED: Final = frozenset({"grant", "epoch", "break-glass", "root", "solo-root"})
BOUND_FOR: Final = timedelta(hours=1)
_ORDER_MASK: Final = 2**32 - 1


class Standing(NamedTuple):
    """How the vault stands: its root, who approves, what it takes."""

    root: str  # the first root's digest: what agents and custodians are given at install
    standing: str
    version: int
    approvers: tuple[str, ...]
    threshold: int
    grant_threshold: int
    zones: dict[str, tuple[str, ...]]
    expires_at: datetime | None = None


class Revoking(NamedTuple):
    """A revocation, and the custodians that have not acknowledged it yet: it holds when there are none."""

    document: str
    path: str
    name: str
    missing: tuple[str, ...]


class Asking(Room):
    """The people's side of the server."""

    def standing(self, who: Principal) -> Standing | None:
        """Return how the vault stands, None where no ceremony was held."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            if not store.of_path(tx, "root", "", limit=1):
                return None
            trusted = self._trusted(tx)
        root = trusted.root
        return Standing(
            b64(trusted.id),
            trusted.standing,
            root.version,
            tuple(one.name for one in root.approvers),
            root.threshold,
            root.grant_threshold,
            {zone.name: tuple(one.name for one in zone.custodians) for zone in root.zones},
        )

    def root(self, who: Principal) -> list[bytes]:
        """Return the chain of roots."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            return [one.content for one in store.of_path(tx, "root", "")]

    def approved(self, who: Principal) -> list[bytes]:
        """Return what holds by people's signatures, for the next root to uphold.

        Newest grants, epochs, revocations, and the joins by which workloads are bound now.
        """
        require(who, "vault:read")
        with self._database.reading() as tx:
            kept = [*store.newest_of_all(tx, "grant"), *store.every(tx, "epoch"), *store.every(tx, "revocation")]
            bound = store.since(tx, "binding", self._clock() - BOUND_FOR)
        joins = dict[bytes, None]()  # in order, each once
        for one in bound:
            evidence = encoding.read(Binding, read_envelope(one.content).payload, "a binding").evidence
            if evidence.form == "join":
                joins[evidence.proof] = None
        return [*(one.content for one in kept), *joins]

    def establish(self, who: Principal, content: bytes) -> str:
        """Keep a root: the first one of a ceremony, or the one after the newest. Return the first root's digest.

        Raises: `RefusedError` for one that does not follow, or too few signed; `ConflictError` for a second first one.
        """
        require(who, "vault:write")
        with self._database.transaction() as tx:
            standing = standing_of(content)
            envelope = read_envelope(content)
            if not store.of_path(tx, "root", "", limit=1):
                trusted = roots.first(content, roots.Pin(envelope.digest, standing))
            else:
                before = self._trusted(tx)
                if roots.version_of(content, before.standing) <= before.root.version:
                    known = store.document(tx, envelope.digest)
                    if known is None:
                        raise ConflictError(
                            "there is a root of that version already", hint="make the one after the newest"
                        )
                    return b64(before.id)
                trusted = roots.follow(before, content)
            self._keep(tx, who, envelope, name=standing, number=trusted.root.version, kind="root")
            return b64(trusted.id)

    def propose(self, who: Principal, content: bytes) -> Proposal:
        """Keep a document for people to sign: it is looked at as far as it can be without enough signatures.

        Raises: `RefusedError`, `AskedWronglyError`.
        """
        require(who, "vault:ask")
        now = self._clock()
        with self._database.transaction() as tx:
            trusted = self._trusted(tx)
            envelope = read_envelope(content)
            path, wanted = _about(envelope, content, trusted)
            made = Proposal(
                ids.new("prp", now), envelope.kind, path, envelope.digest, content, who.id, now, (), wanted, "open"
            )
            made = self._counted(tx, who, made._replace(content=_bare(envelope).written()), envelope, trusted)
            store.propose(tx, made)
            self._ledger.record(
                tx,
                at=now,
                who=who,
                action="vault:proposed",
                subject=path or envelope.kind,
                about=(made.id,),
                details={"document": b64(envelope.digest), "kind": envelope.kind},
            )
            return made

    def sign(self, who: Principal, identifier: str, content: bytes) -> Proposal:
        """Add the signatures in an envelope over the same document; with the last that is needed, it is kept.

        Raises: `NotFoundError`; `ConflictError` for another document, or one that is done; `RefusedError`.
        """
        require(who, "vault:write")
        with self._database.transaction() as tx:
            found = store.proposal(tx, identifier, lock=True)
            if found is None:
                raise NotFoundError(f"there is no proposal {identifier!r:.40}")
            if found.state != "open":
                raise ConflictError(f"this proposal is {found.state}")
            envelope = read_envelope(content)
            if envelope.digest != found.digest:
                raise ConflictError("this signs another document", hint="fetch the proposal again, and look at it")
            after = self._counted(tx, who, found, envelope, self._trusted(tx))
            store.change_proposal(tx, after)
            return after

    def withdraw(self, who: Principal, identifier: str) -> Proposal:
        """Take a proposal back: whoever made it. Raises: `NotFoundError`, `ConflictError`."""
        require(who, "vault:ask")
        with self._database.transaction() as tx:
            found = store.proposal(tx, identifier, lock=True)
            if found is None or found.asked_by != who.id:
                raise NotFoundError(f"you made no proposal {identifier!r:.40}")
            if found.state != "open":
                raise ConflictError(f"this proposal is {found.state}")
            after = found._replace(state="withdrawn")
            store.change_proposal(tx, after)
            return after

    def proposals(self, who: Principal, state: str | None = "open", page: Page = Page()) -> Listing[Proposal]:  # noqa: B008 - a value
        """Return proposals, the newest first."""
        require(who, "vault:read")
        after = page.after(str)
        with self._database.reading() as tx:
            rows = store.proposals(tx, state, after=after[0] if after else None, limit=page.limit + 1)
        more = len(rows) > page.limit
        return Listing(rows[: page.limit], cursor(rows[page.limit - 1].id) if more else None)

    def proposal(self, who: Principal, identifier: str) -> Proposal:
        """Return a proposal. Raises: `NotFoundError`."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            found = store.proposal(tx, identifier)
        if found is None:
            raise NotFoundError(f"there is no proposal {identifier!r:.40}")
        return found

    def granted(self, who: Principal, path: str) -> bytes:
        """Return a secret's newest grant, for whoever makes the next one. Raises: `NotFoundError`."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            return found(store.newest(tx, "grant", path), path).content

    def revoke(self, who: Principal, content: bytes) -> Revoking:
        """Keep a revocation: what is sealed to that reader is deleted here at once, and a rotation is asked for.

        Raises: `RefusedError`; `NotFoundError` for a secret that was never granted.
        """
        require(who, "vault:write")
        with self._database.transaction() as tx:
            trusted = self._trusted(tx)
            read = grants.require_revocation(content, trusted)
            said = read.document
            found(store.newest(tx, "grant", said.path), said.path)
            self._keep(tx, who, read.envelope, path=said.path, name=said.name, number=said.through)
            if said.name:
                store.drop_wraps_of(tx, said.path, said.name)
            else:
                store.drop_wraps(tx, said.path, but=())
            store.ask(tx, said.path, "revoked", who.id, self._clock())
            return self._revoking(tx, trusted, read.digest, said)

    def revoking(self, who: Principal, digest: bytes) -> Revoking:
        """Return how far a revocation is. Raises: `NotFoundError`."""
        require(who, "vault:read")
        with self._database.reading() as tx:
            kept = store.document(tx, digest)
            if kept is None or kept.kind != "revocation":
                raise NotFoundError("there is no such revocation")
            trusted = self._trusted(tx)
            return self._revoking(tx, trusted, digest, unverified(Revocation, kept.content, trusted.id).document)

    def rotate(self, who: Principal, path: str) -> None:
        """Ask for a rotation now. Raises: `NotFoundError`; `ConflictError` for a value that nobody here can change."""
        require(who, "vault:write")
        with self._database.transaction() as tx:
            kept = found(store.newest(tx, "grant", path), path)
            if unverified(Grant, kept.content, self._trusted(tx).id).document.strategy == "none":
                raise ConflictError(
                    f"{path} has no rotator: only its provider can change it",
                    hint="replace it there, and import the new value: `wardline secret import`",
                )
            store.ask(tx, path, "asked", who.id, self._clock())
            self._ledger.record(tx, at=self._clock(), who=who, action="vault:rotation-asked", subject=path)

    def bring(self, who: Principal, content: bytes) -> None:
        """Keep a value that a person brings, sealed on their machine to the zone's custodians (a put).

        Raises: `RefusedError`; `NotFoundError` for a secret that was never granted.
        """
        require(who, "vault:write")
        with self._database.transaction() as tx:
            read = unverified(Put, content, self._trusted(tx).id)
            said = read.document.header
            found(store.newest(tx, "grant", said.path), said.path)
            self._keep(
                tx, who, read.envelope, path=said.path, name=said.writer, number=order(said.epoch, said.expected)
            )

    def _counted(
        self, tx: Connection, who: Principal, proposal: Proposal, envelope: Envelope, trusted: TrustedRoot
    ) -> Proposal:
        """Return a proposal with an envelope's signatures; whole, it is kept as what it is."""
        merged = read_envelope(proposal.content)
        people = signers_of(envelope, trusted)
        for person in people:
            made = next(one for one in envelope.signatures if one.key_id == _key_id(person))
            others = tuple(one for one in merged.signatures if one.key_id != made.key_id)
            merged = Envelope(merged.kind, merged.payload, (*others, made))
        signed = tuple(sorted({*proposal.signed_by, *(one.name for one in people)}))
        after = proposal._replace(content=merged.written(), signed_by=signed)
        if not _enough(after, trusted):
            return after
        self._complete(tx, who, after, trusted)
        return after._replace(state="done")

    def _complete(self, tx: Connection, who: Principal, proposal: Proposal, trusted: TrustedRoot) -> None:
        envelope, content = read_envelope(proposal.content), proposal.content
        if proposal.kind == "grant":
            read = grants.require(content, trusted)
            said = read.document
            self._require_new(tx, "grant", said.path, said.version, read.digest)
            before = store.newest(tx, "grant", said.path)
            if (said.version, said.previous) != ((before.number + 1, before.digest) if before else (1, b"")):
                raise ConflictError("this grant does not follow the newest one", hint="make it again from that one")
            self._keep(tx, who, envelope, path=said.path, name=said.zone, number=said.version)
        elif proposal.kind == "epoch":
            last = store.newest(tx, "epoch")
            raised = grants.require_epoch(
                content, trusted, known=last.number if last else 1, known_digest=last.digest if last else b""
            )
            self._keep(tx, who, envelope, number=raised.document.epoch)
        elif proposal.kind == "break-glass":
            access = unverified(BreakGlass, content, trusted.id).document
            self._keep(tx, who, envelope, path=access.path, name=access.person)
        else:
            trusted = roots.follow(trusted, content)
            self._keep(tx, who, envelope, name=trusted.standing, number=trusted.root.version, kind="root")

    @staticmethod
    def _revoking_missing(tx: Connection, trusted: TrustedRoot, digest: bytes, zone: str) -> tuple[str, ...]:
        said = [
            one.content for one in store.referring(tx, digest, "acknowledgement") if one.name.startswith(f"{zone}/")
        ]
        return grants.acknowledged_by(digest, zone, said, trusted)

    def _revoking(self, tx: Connection, trusted: TrustedRoot, digest: bytes, said: Revocation) -> Revoking:
        zone = found(store.newest(tx, "grant", said.path), said.path).name
        return Revoking(b64(digest), said.path, said.name, self._revoking_missing(tx, trusted, digest, zone))


def _about(envelope: Envelope, content: bytes, trusted: TrustedRoot) -> tuple[str, int]:
    """Return the path that a proposal is about, and how many signatures it takes."""
    if envelope.kind not in _PROPOSED:
        raise AskedWronglyError(
            f"a {envelope.kind!r:.40} is not proposed", hint="grants, epochs, roots and break-glass access are"
        )
    root = trusted.root
    if envelope.kind == "grant":
        grant = unverified(Grant, content, trusted.id).document
        grants.require_sound(grant, trusted)
        return grant.path, root.grant_threshold
    if envelope.kind == "epoch":
        unverified(Epoch, content, trusted.id)
        return "", root.grant_threshold
    if envelope.kind == "break-glass":
        return unverified(BreakGlass, content, trusted.id).document.path, root.grant_threshold
    if Root.kinds[trusted.standing] != envelope.kind:
        raise AskedWronglyError(f"this vault's roots are {Root.kinds[trusted.standing]}s")
    return "", max(root.threshold, encoding.read(Root, envelope.payload, "a root").threshold)


def _enough(proposal: Proposal, trusted: TrustedRoot) -> bool:
    """Return whether enough people signed; a root takes the threshold of the one before it, and its own."""
    if proposal.kind not in Root.kinds.values():
        return len(proposal.signed_by) >= proposal.wanted
    try:
        roots.follow(trusted, proposal.content)
    except ThresholdError:
        return False
    return True


def _bare(envelope: Envelope) -> Envelope:
    return Envelope(envelope.kind, envelope.payload)


def _key_id(person: Approver) -> str:
    from wardline.vault.protocol.keys import signing_key_id

    return signing_key_id(person.key)


def signers_of(envelope: Envelope, trusted: TrustedRoot) -> list[Approver]:
    """Return the approvers whose signatures an envelope holds, and who count: a grant's requester does not."""
    listed = {one.key: one for one in trusted.root.approvers}
    if envelope.kind in Root.kinds.values():
        listed |= {one.key: one for one in encoding.read(Root, envelope.payload, "a root").approvers}
    signed = envelope.signers(listed)
    people = [one for key, one in listed.items() if key in signed]
    if envelope.kind == "grant" and trusted.standing == "ordinary":
        requester = unverified(Grant, envelope.written(), trusted.id).document.requester
        people = [one for one in people if one.name != requester]
    return people


def found(kept: Kept | None, path: str) -> Kept:
    """Return what is kept of a secret. Raises: `NotFoundError` where nothing is."""
    if kept is None:
        raise NotFoundError(
            f"there is no secret {path!r:.80}", hint="`wardline secret list` shows those that there are"
        )
    return kept
