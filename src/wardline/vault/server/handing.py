"""What agents ask: which secrets are sealed to their key, what changed, and all that shows that a version is right.

Every answer that holds a wrap is an event of the ledger first: what cannot be recorded is not answered.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from wardline.kernel.errors import DeniedError, NotFoundError
from wardline.kernel.ledger import showing
from wardline.vault.protocol import heads
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.model.statement import Freshness, Put, Receipt
from wardline.vault.protocol.roots import TrustedRoot
from wardline.vault.server import store
from wardline.vault.server.model import Changes, Kept, Machine
from wardline.vault.server.room import Room, actor, order

_CHANGED = tuple(heads.action(kind) for kind in ("version", "wrap", "grant", "revocation", "epoch", "root"))
_MAX_CHANGES = 1000


class Handed(NamedTuple):
    """All that an agent needs to see about one secret, each as bytes that it checks itself."""

    grant: bytes
    version: bytes
    wrap: bytes
    freshness: bytes
    head: bytes
    entry: bytes
    number: int
    inclusion: tuple[bytes, ...]
    known: tuple[bytes, ...]
    stated: tuple[bytes, ...]
    roots: tuple[bytes, ...]
    epochs: tuple[bytes, ...]


class Handing(Room):
    """The agents' side of the server."""

    def roots(self) -> list[bytes]:
        """Return the chain of roots, for anybody: whoever takes it compares the first with what it was given."""
        with self._database.reading() as tx:
            return [one.content for one in store.of_path(tx, "root", "")]

    def paths(self, machine: Machine) -> list[str]:
        """Return the paths of which something is sealed to this machine's key."""
        with self._database.reading() as tx:
            return store.paths_of_key(tx, machine.key_id)

    def changes(self, machine: Machine, cursor: int) -> Changes:
        """Return which of this machine's secrets something happened to since an earlier answer (0: since ever)."""
        with self._database.reading() as tx:
            size, subjects = showing.subjects_since(tx, cursor, _CHANGED, _MAX_CHANGES)
            if cursor > size:  # the ledger came back from a backup: whatever there is may be new
                return Changes(size, tuple(store.paths_of_key(tx, machine.key_id)))
            if not subjects:
                return Changes(size, ())
            # What it once had and is sealed to it no more: it asks why, and is shown the revocation.
            had = {one.path for one in store.named(tx, "receipt", b64(machine.key_id), limit=_MAX_CHANGES)}
            mine = sorted(had.union(store.paths_of_key(tx, machine.key_id)))
        everything = len(subjects) == _MAX_CHANGES or not {"root", "epoch"}.isdisjoint(subjects)
        return Changes(size, tuple(path for path in mine if everything or path in subjects))

    def offer(self, machine: Machine, path: str, seen: int) -> Handed:
        """Return the newest version that a freshness statement vouches for, sealed to this machine's key.

        `seen` is the size of the head that the machine saw last. Raises: `NotFoundError` where there is nothing for it.
        """
        with self._database.transaction() as tx:
            trusted = self._trusted(tx)
            version = store.newest(tx, "version", path)
            wrap = store.wrap(tx, version.digest, machine.key_id) if version else None
            grant = store.newest(tx, "grant", path)
            if version is None or wrap is None or grant is None:
                raise _nothing(path)
            fresh = self._vouching(tx, trusted, path, version)
            stated = unverified(Freshness, fresh, trusted.id).document.head.size
            shown = showing.shown(tx, version.event, (seen, stated))
            if shown is None:
                raise _nothing(path)
            self._ledger.record(
                tx,
                at=self._clock(),
                who=actor(machine),
                action="vault:handed-out",
                subject=path,
                details={"version": b64(version.digest), "key": b64(machine.key_id)},
            )
            return Handed(
                grant=grant.content,
                version=version.content,
                wrap=wrap,
                freshness=fresh,
                head=shown.note.encode(),
                entry=shown.entry,
                number=shown.number,
                inclusion=shown.inclusion,
                known=shown.consistency[0],
                stated=shown.consistency[1],
                roots=tuple(one.content for one in store.of_path(tx, "root", "")),
                epochs=tuple(one.content for one in store.of_path(tx, "epoch", "")),
            )

    def revocations(self, machine: Machine, path: str) -> list[bytes]:
        """Return what was taken away of a secret, for a machine that had it. Raises: `NotFoundError`."""
        with self._database.reading() as tx:
            had = any(one.path == path for one in store.named(tx, "receipt", b64(machine.key_id), limit=_MAX_CHANGES))
            if not had and path not in store.paths_of_key(tx, machine.key_id):
                raise _nothing(path)
            return [one.content for one in store.of_each(tx, "revocation", [path])]

    def grant(self, machine: Machine, path: str) -> bytes:
        """Return a secret's newest grant, for a writer or a reader. Raises: `NotFoundError`."""
        del machine  # a grant is no secret: who reads and who approved is for every party to check
        with self._database.reading() as tx:
            found = store.newest(tx, "grant", path)
        if found is None:
            raise NotFoundError(f"nothing is granted of {path!r:.80}")
        return found.content

    def receipt(self, machine: Machine, content: bytes) -> None:
        """Keep an agent's word that a version was delivered. Raises: `RefusedError`, `DeniedError`, `NotFoundError`."""
        with self._database.transaction() as tx:
            read = unverified(Receipt, content, self._trusted(tx).id)
            said = read.document
            read.envelope.require_signer(machine.signing, "who hands it in")
            if store.wrap(tx, said.version, machine.key_id) is None:
                raise DeniedError("this version was never sealed to this key")
            name, number = b64(machine.key_id), order(said.epoch, said.number)
            self._keep(tx, actor(machine), read.envelope, path=said.path, name=name, number=number, refers=said.version)

    def put(self, machine: Machine, content: bytes) -> None:
        """Keep a put for the custodians of its zone. Raises: `RefusedError`; `NotFoundError` for an unknown secret."""
        with self._database.transaction() as tx:
            read = unverified(Put, content, self._trusted(tx).id)
            said = read.document.header
            read.envelope.require_signer(machine.signing, "who hands it in")
            if store.newest(tx, "grant", said.path) is None:
                raise _nothing(said.path)
            number = order(said.epoch, said.expected)
            self._keep(tx, actor(machine), read.envelope, path=said.path, name=said.writer, number=number)

    @staticmethod
    def _vouching(tx: Connection, trusted: TrustedRoot, path: str, version: Kept) -> bytes:
        """Return the last freshness statement that vouches for a version. Raises: `NotFoundError`."""
        found: list[tuple[object, bytes]] = []
        for kept in store.newest_by_name(tx, "freshness"):
            said = unverified(Freshness, kept.content, trusted.id).document
            current = said.of_path(path)
            if current is not None and current.version == version.digest:
                found.append((said.issued, kept.content))
        if not found:
            raise _nothing(path)
        return max(found)[1]


def _nothing(path: str) -> NotFoundError:
    return NotFoundError(
        f"there is nothing of {path!r:.80} for this key",
        hint="a custodian seals to keys whose binding it looked at: `wardline secret status` says what is missing",
    )
