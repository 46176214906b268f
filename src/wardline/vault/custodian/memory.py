"""What a custodian remembers on its own disk: floors, whom it sealed to, what was taken away, which puts it applied.

One SQLite file in the custodian's folder (0600 in 0700). Each change is on the disk before what it allows is done, so a
custodian that dies knows afterwards at least what it had vouched for. No value and no key is in it.
"""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from wardline.kernel.errors import UnavailableError
from wardline.vault.protocol import encoding, floors
from wardline.vault.protocol.admitting import Consumer
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.floors import Floor, Floors
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.keys import SealingKey

FILE: Final = "memory.db"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, content BLOB NOT NULL)",
    """CREATE TABLE IF NOT EXISTS sealed (path TEXT, number INTEGER, reader TEXT, signing BLOB, key BLOB, expires TEXT,
    digest BLOB, PRIMARY KEY (path, number, signing, reader))""",
    """CREATE TABLE IF NOT EXISTS published (path TEXT, number INTEGER, version BLOB, at TEXT,
    PRIMARY KEY (path, number))""",
    "CREATE TABLE IF NOT EXISTS taken (path TEXT PRIMARY KEY, at TEXT)",
    "CREATE TABLE IF NOT EXISTS ended (path TEXT, version INTEGER, PRIMARY KEY (path, version))",
    "CREATE TABLE IF NOT EXISTS nonce (nonce BLOB PRIMARY KEY, expires TEXT)",
)


class Memory:
    """A custodian's own memory. Raises: `UnavailableError` where the disk does not take a change (it is full)."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        os.close(os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
        for statement in _TABLES:
            self._do(statement)

    def floors(self) -> Floors:
        """Return the floors that hold for all paths."""
        found = self._do("SELECT content FROM kept WHERE name = ''")
        return encoding.read(Floors, found[0][0], "the custodian's floors") if found else floors.none()

    def floor(self, path: str) -> Floor:
        """Return the floor of one path."""
        found = self._do("SELECT content FROM kept WHERE name = ?", path)
        return encoding.read(Floor, found[0][0], "a floor") if found else floors.none_of(path)

    def paths(self) -> tuple[Floor, ...]:
        """Return every path's floor."""
        rows = self._do("SELECT content FROM kept WHERE name <> ''")
        return tuple(encoding.read(Floor, row[0], "a floor") for row in rows)

    def keep(self, *kept: Floors | Floor) -> None:
        """Keep floors, on the disk when this returns."""
        for one in kept:
            name = one.path if isinstance(one, Floor) else ""
            self._do("INSERT OR REPLACE INTO kept VALUES (?, ?)", name, encoding.canonical(one))

    def seal(self, path: str, number: int, consumers: Iterable[Consumer]) -> None:
        """Remember whom a version is sealed to, before it is."""
        for one in consumers:
            bound = one.bound
            key = encoding.canonical(bound.sealing)
            self._do(
                "INSERT OR REPLACE INTO sealed VALUES (?, ?, ?, ?, ?, ?, ?)",
                path, number, one.name, bound.signing, key, bound.expires.isoformat(), bound.digest,
            )  # fmt: skip

    def sealed(self, path: str, number: int) -> tuple[Consumer, ...]:
        """Return whom version `number` was sealed to here; their identity is not kept, nothing is decided on it."""
        query = "SELECT reader, signing, key, expires, digest FROM sealed WHERE path = ? AND number = ?"
        return tuple(_consumer(*row) for row in self._do(query, path, number))

    def publish(self, path: str, number: int, version: bytes, at: datetime) -> None:
        """Remember that a version (its digest) was published, the first time that this is said."""
        self._do("INSERT OR IGNORE INTO published VALUES (?, ?, ?, ?)", path, number, version, at.isoformat())

    def published(self, path: str) -> dict[int, tuple[bytes, datetime]]:
        """Return the versions that readers may hold, by number: digest, and when it was published."""
        rows = self._do("SELECT number, version, at FROM published WHERE path = ? ORDER BY number", path)
        return {number: (version, datetime.fromisoformat(at)) for number, version, at in rows}

    def retire(self, path: str, below: int) -> None:
        """Forget the versions below a number: they are refused."""
        self._do("DELETE FROM published WHERE path = ? AND number < ?", path, below)
        self._do("DELETE FROM sealed WHERE path = ? AND number < ?", path, below)

    def take_away(self, path: str, at: datetime) -> None:
        """Remember that somebody was revoked: what was sealed before `at` has to be replaced."""
        self._do("INSERT OR REPLACE INTO taken VALUES (?, ?)", path, at.isoformat())

    def taken_away(self, path: str) -> datetime | None:
        """Return when somebody was revoked last, as long as what they knew is not replaced."""
        found = self._do("SELECT at FROM taken WHERE path = ?", path)
        return datetime.fromisoformat(found[0][0]) if found else None

    def replaced(self, path: str, minted: datetime) -> None:
        """Note that every version minted before `minted` is refused."""
        self._do("DELETE FROM taken WHERE path = ? AND at <= ?", path, minted.astimezone(UTC).isoformat())

    def ended(self, path: str, grant_version: int) -> bool:
        """Return whether a grant's end was dealt with."""
        return bool(self._do("SELECT 1 FROM ended WHERE path = ? AND version = ?", path, grant_version))

    def end(self, path: str, grant_version: int) -> None:
        """Remember that a grant's end was dealt with."""
        self._do("INSERT OR IGNORE INTO ended VALUES (?, ?)", path, grant_version)

    def nonces(self, now: datetime) -> frozenset[bytes]:
        """Return the nonces of puts that were applied and could be shown again."""
        self._do("DELETE FROM nonce WHERE expires < ?", now.isoformat())
        return frozenset(row[0] for row in self._do("SELECT nonce FROM nonce"))

    def use(self, nonce: bytes, expires: datetime) -> None:
        """Remember a put's nonce until it ends."""
        self._do("INSERT OR IGNORE INTO nonce VALUES (?, ?)", nonce, expires.isoformat())

    def _do(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = EXTRA")
                return connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise UnavailableError(
                f"the custodian's memory does not take a change: {error}", hint="is its disk full?"
            ) from error


def _consumer(name: str, signing: bytes, key: bytes, expires: str, digest: bytes) -> Consumer:
    sealing = encoding.read(SealingKey, key, "a sealing key")
    return Consumer(name, Bound(Identity("", ()), sealing, signing, "", datetime.fromisoformat(expires), digest))
