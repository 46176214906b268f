"""The rest of the world as custodians see it, in one SQLite file, so that several processes share it: rows, published
versions, what readers hold. Nothing is sealed here: that is the protocol's, and tested there."""

import pickle
import sqlite3
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from wardline.vault.custodian import fences
from wardline.vault.custodian.rotating import Reason, Rotation
from wardline.vault.custodian.rotator import Fields, Version
from wardline.vault.protocol.admitting import Consumer
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.keys import SealingKey
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.receipts import Publication

GRANT = Grant(
    root=bytes(32), path="db/orders", version=1, previous=b"", requester="cleo", zone="eu",
    issued=datetime(2026, 3, 2, tzinfo=UTC), expires=datetime(2027, 3, 2, tzinfo=UTC), readers=(), writers=(),
    strategy="postgresql", settings=(), targets=(), rotator=b"", rotate_every_seconds=86_400,
    maximum_age_seconds=30 * 86_400, overlap_seconds=0, drain_seconds=3, grace_seconds=3600,
)  # fmt: skip


def consumer(name: str) -> Consumer:
    """Somebody that a version was sealed to, for a rule that looks at names and keys only."""
    key = fences.digest(name).encode() * 2
    sealing = SealingKey("MLKEM768-X25519", bytes(1216))
    return Consumer(name, Bound(Identity("join", ()), sealing, key, "", datetime(2099, 1, 1, tzinfo=UTC), bytes(32)))


def now() -> datetime:
    return datetime.now(UTC)


class World:
    """Rows and keeper at once. `pause(place)` is called around whatever it does."""

    def __init__(
        self,
        file: Path,
        *,
        grant: Grant = GRANT,
        clock: Callable[[], datetime] = now,
        pause: Callable[[str], None] = lambda place: None,
    ) -> None:
        self.file = file
        self.clock = clock
        self.pause = pause
        self.kept_grant = grant
        self.readers: Collection[str] = ()
        self.epoch = 0  # a number of this world is an order already, unless there are epochs
        self._do("CREATE TABLE IF NOT EXISTS row (path TEXT PRIMARY KEY, revision INTEGER, kept BLOB)")
        self._do("CREATE TABLE IF NOT EXISTS version (path TEXT, number INTEGER, at REAL, retired INTEGER, kept BLOB)")
        self._do("CREATE TABLE IF NOT EXISTS receipt (path TEXT, number INTEGER, reader TEXT)")

    def unfinished(self, path: str) -> Rotation | None:
        self.pause("unfinished")
        found = self._do("SELECT kept FROM row WHERE path = ?", path)
        return pickle.loads(found[0][0]) if found else None  # noqa: S301 - written above

    def begin(self, rotation: Rotation) -> bool:
        self.pause("begin")
        kept = (rotation.path, rotation.revision, pickle.dumps(rotation))
        done = bool(self._do("INSERT OR IGNORE INTO row VALUES (?, ?, ?) RETURNING 1", *kept))
        self.pause("begin, done")
        return done

    def change(self, rotation: Rotation) -> bool:
        self.pause("change")
        where = (rotation.path, rotation.revision - 1)
        if rotation.finished:
            done = self._do("DELETE FROM row WHERE path = ? AND revision = ? RETURNING 1", *where)
        else:
            kept = (rotation.revision, pickle.dumps(rotation))
            done = self._do(
                "UPDATE row SET revision = ?, kept = ? WHERE path = ? AND revision = ? RETURNING 1", *kept, *where
            )
        self.pause("change, done")
        return bool(done)

    def grant(self, path: str) -> Grant:
        return self.kept_grant

    def highest(self, path: str) -> int:
        floor = fences.order(self.epoch, 1) - 1 if self.epoch else 0
        return max(floor, self._do("SELECT coalesce(max(number), 0) FROM version WHERE path = ?", path)[0][0])

    def shown(self, path: str) -> int:
        return self.highest(path)

    def published(self, path: str) -> datetime | None:
        found = self._do("SELECT max(at) FROM version WHERE path = ?", path)[0][0]
        return datetime.fromtimestamp(found, UTC) if found is not None else None

    def wanted(self, path: str) -> Reason | None:
        return None

    def hurried(self, path: str) -> bool:
        return False

    def mint(self, path: str) -> str:
        return f"canary{uuid4().hex}"

    def seal(self, path: str, number: int, fields: Fields) -> tuple[bytes, str]:
        mark = fences.digest(uuid4().hex)
        return pickle.dumps(Version(number, mark, dict(fields))), mark

    def open(self, rotation: Rotation) -> Version:
        return pickle.loads(rotation.sealed)  # noqa: S301 - written above

    def holds(self, path: str) -> frozenset[int]:
        return frozenset(version.number for version in self.live(path))

    def live(self, path: str) -> Sequence[Version]:
        rows = self._do("SELECT kept FROM version WHERE path = ? AND NOT retired ORDER BY number", path)
        return [pickle.loads(row[0]) for row in rows]  # noqa: S301 - written above

    def publish(self, rotation: Rotation, claimed: datetime) -> None:
        self.pause("publish")
        if not timedelta(0) <= self.clock() - claimed < timedelta(minutes=1):
            raise fences.NotReadyError("the target was asked too long ago")
        self._do(
            "INSERT INTO version SELECT ?1, ?2, ?3, 0, ?4 WHERE NOT EXISTS"
            " (SELECT 1 FROM version WHERE path = ?1 AND number = ?2)",
            rotation.path, rotation.number, self.clock().timestamp(), rotation.sealed,
        )  # fmt: skip
        self.pause("publish, done")

    def publication(self, rotation: Rotation) -> Publication | None:
        rows = self._do("SELECT reader FROM receipt WHERE path = ? AND number >= ?", rotation.path, rotation.number)
        found = self._do("SELECT at FROM version WHERE path = ? AND number = ?", rotation.path, rotation.number)
        if not found:
            return None
        at = datetime.fromtimestamp(found[0][0], UTC)
        return Publication(at, tuple(map(consumer, self.readers)), {consumer(row[0]).bound.signing for row in rows})

    def told(self, path: str, number: int, since: datetime) -> Publication | None:
        found = self._do("SELECT at FROM version WHERE path = ? AND number = ?", path, number)
        rows = self._do("SELECT reader FROM receipt WHERE path = ? AND number >= ?", path, number)
        received = {consumer(row[0]).bound.signing for row in rows}
        at = datetime.fromtimestamp(found[0][0], UTC) if found else since
        return Publication(at, tuple(map(consumer, self.readers)), received) if found else None

    def retired(self, rotation: Rotation) -> None:
        self.pause("retired")
        self.forget(rotation.path, rotation.number)

    def forget(self, path: str, below: int) -> None:
        self._do("UPDATE version SET retired = 1 WHERE path = ? AND number < ?", path, below)

    def held(self, path: str) -> Version | None:
        """What a reader holds that takes each new version at once."""
        rows = self._do("SELECT kept FROM version WHERE path = ? ORDER BY number DESC LIMIT 1", path)
        return pickle.loads(rows[0][0]) if rows else None  # noqa: S301 - written above

    def receive(self, path: str, number: int, reader: str) -> None:
        self._do("INSERT INTO receipt VALUES (?, ?, ?)", path, number, reader)

    def lose(self, path: str) -> None:
        """Lose the row, as a restored or a lying server does."""
        self._do("DELETE FROM row WHERE path = ?", path)

    def _do(self, statement: str, *values: object) -> list:
        with closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            return connection.execute(statement, values).fetchall()
