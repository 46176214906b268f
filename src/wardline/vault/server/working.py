"""What custodians ask of the server: what there is to look at, and where to put what they sealed and signed.

The server keeps ciphertext and order. It hands a custodian nothing that the custodian does not check itself.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError
from wardline.kernel.ledger import showing
from wardline.vault.protocol import encoding, heads
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.envelope import Read, read_envelope, unverified
from wardline.vault.protocol.model.grant import Acknowledgement, Grant
from wardline.vault.protocol.model.statement import Freshness
from wardline.vault.protocol.model.version import Version, Wrap
from wardline.vault.protocol.roots import TrustedRoot
from wardline.vault.server import rotation_store, store
from wardline.vault.server.model import Kept, Machine, Row
from wardline.vault.server.room import Room, actor, order, require_custodian

MAX_WRAPS: Final = 2000  # in one request; more are sent in several
_MAX_PATHS: Final = 10_000
_KEPT_VERSIONS: Final = 10  # whose wraps stay


class Basis(NamedTuple):
    """What a custodian goes by, oldest first: it follows each chain from what it knows."""

    roots: tuple[bytes, ...]
    epochs: tuple[bytes, ...]
    revocations: tuple[bytes, ...]
    statements: tuple[bytes, ...]  # the newest freshness statement of each custodian
    head: tuple[int, bytes]


class Task(NamedTuple):
    """One secret of a zone, as its custodians begin with it."""

    path: str
    grant: bytes  # the digest of the newest grant
    version: bytes  # the digest of the newest version; empty where there is none
    reason: str  # why somebody asked for a rotation; "" where nobody did
    rotation: Row | None


class Working(Room):
    """The custodians' side of the server."""

    def basis(self, machine: Machine) -> Basis:
        """Return roots, epochs, revocations and what every custodian states."""
        require_custodian(machine)
        with self._database.reading() as tx:
            return Basis(
                roots=tuple(one.content for one in store.of_path(tx, "root", "")),
                epochs=tuple(one.content for one in store.of_path(tx, "epoch", "")),
                revocations=tuple(one.content for one in store.every(tx, "revocation")),
                statements=tuple(one.content for one in store.newest_by_name(tx, "freshness")),
                head=showing.seen(tx),
            )

    def tasks(self, machine: Machine) -> list[Task]:
        """Return every secret of this custodian's zone."""
        require_custodian(machine)
        with self._database.reading() as tx:
            paths = store.paths(tx, "grant", after="", prefix="", limit=_MAX_PATHS)
            granted = store.newest_of_each(tx, "grant", paths)
            mine = [path for path in paths if granted[path].name == machine.zone]
            versions = store.newest_of_each(tx, "version", mine)
            asked = store.asked(tx, mine)
            rows = rotation_store.unfinished_of(tx, mine)
        return [
            Task(
                path,
                granted[path].digest,
                versions[path].digest if path in versions else b"",
                asked.get(path, ""),
                rows.get(path),
            )
            for path in mine
        ]

    def documents(self, machine: Machine, kind: str, path: str, after: int = -1) -> list[Kept]:
        """Return a secret's grants, versions, puts or break-glass documents with numbers above `after`, in order."""
        require_custodian(machine)
        if kind not in {"grant", "version", "put", "break-glass", "receipt"}:
            raise AskedWronglyError(f"a secret has no documents of the kind {kind!r:.40}")
        with self._database.reading() as tx:
            return store.of_path(tx, kind, path, after=after)

    def wrap(self, machine: Machine, version: bytes) -> bytes:
        """Return a version's wrap for this custodian. Raises: `NotFoundError`."""
        require_custodian(machine)
        with self._database.reading() as tx:
            found = store.wrap(tx, version, machine.key_id)
        if found is None:
            raise NotFoundError("this version is not sealed to this custodian")
        return found

    def head(self, machine: Machine, seen: int) -> tuple[str, tuple[bytes, ...]]:
        """Return the newest head as a signed note, and the proof that it goes on from an earlier size."""
        require_custodian(machine)
        with self._database.reading() as tx:
            return showing.head(tx, seen)

    def publish(self, machine: Machine, content: bytes, wraps: Sequence[bytes]) -> None:
        """Keep a version and its wraps; the same again changes nothing.

        Raises: `RefusedError` for what no custodian of its zone signed; `ConflictError` for another of its number.
        """
        require_custodian(machine)
        with self._database.transaction() as tx:
            trusted = self._trusted(tx)
            read = unverified(Version, content, trusted.id)
            header = read.document.header
            if header.zone != machine.zone:
                raise DeniedError("a custodian publishes what is of its own zone")
            # Whichever custodian minted it: another one finishes the rotation of one that died.
            read.envelope.require_signer(trusted.custodian(header.zone, header.custodian).signing, header.custodian)
            self._granted(tx, machine, header.path)
            number = order(header.epoch, header.number)
            self._require_new(tx, "version", header.path, number, read.digest)
            self._wrap(tx, machine, read, wraps)
            details = {"number": header.number, "epoch": header.epoch, "origin": header.origin}
            self._keep(
                tx, actor(machine), read.envelope, path=header.path, name=machine.zone, number=number, details=details
            )
            store.answered(tx, header.path)

    def seal_to(self, machine: Machine, version: bytes, wraps: Sequence[bytes]) -> None:
        """Keep further wraps of a version that is there, for readers that came later.

        Raises: `NotFoundError`, `RefusedError`.
        """
        require_custodian(machine)
        with self._database.transaction() as tx:
            kept = store.document(tx, version)
            if kept is None or kept.kind != "version":
                raise NotFoundError("there is no such version")
            self._granted(tx, machine, kept.path)
            self._wrap(tx, machine, unverified(Version, kept.content, self._trusted(tx).id), wraps)
            self._ledger.record(
                tx,
                at=self._clock(),
                who=actor(machine),
                action=heads.action("wrap"),
                subject=kept.path,
                details={"version": b64(version), "wraps": len(wraps)},
            )

    def state(self, machine: Machine, content: bytes) -> None:
        """Keep a custodian's freshness statement in place of its last one."""
        require_custodian(machine)
        with self._database.transaction() as tx:
            read = unverified(Freshness, content, self._trusted(tx).id)
            self._by(machine, read, read.document.zone, read.document.custodian)
            name = f"{machine.zone}/{machine.name}"
            self._keep(tx, actor(machine), read.envelope, name=name, number=read.document.epoch)
            store.forget(tx, "freshness", name=name, but=read.digest)

    def acknowledge(self, machine: Machine, content: bytes) -> None:
        """Keep a custodian's word that it applied a revocation or an epoch."""
        require_custodian(machine)
        with self._database.transaction() as tx:
            read = unverified(Acknowledgement, content, self._trusted(tx).id)
            said = read.document
            self._by(machine, read, said.zone, said.custodian)
            if store.document(tx, said.document) is None:
                raise NotFoundError("there is no such document")
            self._keep(tx, actor(machine), read.envelope, name=f"{said.zone}/{said.custodian}", refers=said.document)

    def unfinished(self, machine: Machine, path: str) -> Row | None:
        """Return a secret's unfinished rotation."""
        with self._database.reading() as tx:
            self._granted(tx, machine, path)
            return rotation_store.unfinished(tx, path)

    def begin(self, machine: Machine, row: Row) -> bool:
        """Keep a new rotation unless one is under way; return whether it is kept."""
        with self._database.transaction() as tx:
            self._granted(tx, machine, row.path)
            kept = rotation_store.begin(tx, row)
            if kept:
                self._note(tx, machine, row, "vault:rotation-begun")
            return kept

    def change(self, machine: Machine, row: Row) -> bool:
        """Keep a rotation's row in place of the revision before it; return whether that was still there."""
        with self._database.transaction() as tx:
            self._granted(tx, machine, row.path)
            kept = rotation_store.change(tx, row)
            if kept and row.step == "done":
                self._note(tx, machine, row, "vault:rotation-ended")
                rotation_store.forget(tx, row.path, row.number)
            return kept

    def retired(self, machine: Machine, path: str) -> int:
        """Delete the wraps of versions long retired; return how many there were."""
        with self._database.transaction() as tx:
            self._granted(tx, machine, path)
            kept = store.past(tx, "version", path, below=None, limit=_KEPT_VERSIONS)
            return store.drop_wraps(tx, path, but=[one.digest for one in kept])

    def _note(self, tx: Connection, machine: Machine, row: Row, action: str) -> None:
        self._ledger.record(
            tx,
            at=self._clock(),
            who=actor(machine),
            action=action,
            subject=row.path,
            details={"number": row.number, "reason": row.reason, "mark": row.mark},
        )

    def _granted(self, tx: Connection, machine: Machine, path: str) -> None:
        """Refuse what is no secret of this custodian's zone. Raises: `NotFoundError`, `DeniedError`."""
        require_custodian(machine)
        grant = store.newest(tx, "grant", path)
        if grant is None or grant.name != machine.zone:
            raise NotFoundError(f"zone {machine.zone} has no secret {path!r:.80}")

    @staticmethod
    def _by(machine: Machine, read: Read[Acknowledgement] | Read[Freshness], zone: str, custodian: str) -> None:
        read.envelope.require_signer(machine.signing, "the custodian that hands it in")
        if (zone, custodian) != (machine.zone, machine.name):
            raise DeniedError("a custodian speaks in its own name and zone")

    @staticmethod
    def _wrap(tx: Connection, machine: Machine, version: Read[Version], contents: Sequence[bytes]) -> None:
        if len(contents) > MAX_WRAPS:
            raise AskedWronglyError(f"at most {MAX_WRAPS} wraps at once", hint="send the rest in another request")
        header = version.document.header
        rows = []
        for content in contents:
            wrap = encoding.read(Wrap, content, "a wrap")
            if (wrap.version, wrap.path, wrap.epoch, wrap.number) != (
                version.digest,
                header.path,
                header.epoch,
                header.number,
            ):
                raise ConflictError("a wrap is for another version")
            rows.append(
                {
                    "version": wrap.version,
                    "key_id": wrap.key_id,
                    "path": wrap.path,
                    "recipient": wrap.recipient,
                    "content": content,
                }
            )
        store.add_wraps(tx, rows)
        if store.wrap(tx, version.digest, machine.key_id) is None:
            raise ConflictError("a version is sealed to its custodians too, or nobody could go on with it")


def granted(content: bytes, trusted: TrustedRoot) -> Grant:
    """Return a grant as it claims to be."""
    return unverified(Grant, content, trusted.id).document


def kind_of(content: bytes) -> str:
    """Return the kind of document that an envelope says it holds."""
    return read_envelope(content).kind
