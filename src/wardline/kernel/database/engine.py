"""The one SQL database: SQLite (WAL) beside the process, or PostgreSQL behind many nodes.

    database = Database("sqlite:////var/lib/wardline/wardline.db")
    with database.transaction() as tx:   # writes: all of it or nothing
        tx.execute(insert(table).values(...))
    with database.reading() as tx:       # reads: one snapshot, nothing written

What was acknowledged is on the disk: SQLite with `synchronous=FULL`, PostgreSQL with its own default. A commit that
was cut off may or may not have happened, as with any database: what is written carries an idempotency key.
"""

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from wardline.kernel.database.types import loaded
from wardline.kernel.errors import AskedWronglyError, ConflictError, UnavailableError

_BUSY_SECONDS: Final = 30
_POOL: Final = 16
_POOL_SECONDS: Final = 10
# Of questions that take tens of milliseconds, compiling them and starting processes for them would take as long again.
_QUICK: Final = "SET jit = off; SET max_parallel_workers_per_gather = 0"
_AGAIN: Final = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected (PostgreSQL, appendix A)
_LATER: Final = "try again; /readyz says whether the database answers, and docs/operations.md what to look at"


class Database:
    """A pool of connections. Safe to share between threads; not across a fork."""

    def __init__(self, url: str) -> None:
        """Open lazily: nothing is connected before the first transaction.

        Raises: `AskedWronglyError` for an address that is neither `sqlite:///…` nor `postgresql://…`.
        """
        try:
            address = make_url(url)
        except ArgumentError:
            raise _no_address() from None
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
            options: dict[str, Any] = {
                "pool_pre_ping": True,
                "connect_args": {"connect_timeout": 5, "application_name": "wardline", "prepare_threshold": 3},
            }
        elif address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
            address = address.set(drivername="sqlite+pysqlite")
            options = {"connect_args": {"timeout": _BUSY_SECONDS, "check_same_thread": False}}
        else:
            raise _no_address()
        self.engine: Final[Engine] = create_engine(
            address, pool_size=_POOL, max_overflow=0, pool_timeout=_POOL_SECONDS, json_deserializer=loaded, **options
        )
        self.postgresql: Final = self.engine.dialect.name == "postgresql"
        self._outer: ContextVar[Connection | None] = ContextVar("outer", default=None)
        if self.postgresql:
            event.listen(self.engine, "connect", _postgresql_connected)
        else:
            event.listen(self.engine, "connect", _sqlite_connected)
            event.listen(self.engine, "begin", _sqlite_begun)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a transaction that is committed at the end of the block and rolled back where the block raises.

        On SQLite it holds the one write lock from its start, so what it read is what it writes over; on PostgreSQL it
        is READ COMMITTED: lock rows (`FOR UPDATE`) that a decision depends on.

        Raises: `UnavailableError` where the database does not answer, is full or busy; `ConflictError` where two
        transactions met and this one may be asked again.
        """
        outer = self._outer.get()
        if outer is not None:
            with _translated(), outer.begin_nested():
                yield outer
            return
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give one consistent snapshot to read from; nothing that is written in it is kept.

        Raises: `UnavailableError` where the database does not answer.
        """
        outer = self._outer.get()
        if outer is not None:
            with _translated():
                yield outer
            return
        with _translated(), self.engine.connect() as connection:
            if self.postgresql:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                connection.execution_options(wardline_reading=True)
            try:
                yield connection
            finally:
                connection.rollback()

    @contextlib.contextmanager
    def joined(self) -> Iterator[Connection]:
        """Give a transaction that every other one of this thread joins until the block ends: all of it or nothing.

        For what stands or falls with a use case that opens transactions of its own: the answer that is kept beside a
        change, or the look at what is there before it is changed.
        """
        with self.transaction() as tx:
            token = self._outer.set(tx)
            try:
                yield tx
            finally:
                self._outer.reset(token)

    def answers(self, seconds: float = 2.0) -> bool:
        """Return whether the database answers a question at all, within about `seconds`."""
        started = time.monotonic()
        try:
            with self.reading() as tx:
                tx.execute(text("SELECT 1"))
        except UnavailableError:
            return False
        return time.monotonic() - started <= seconds

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Turn what the driver raises about the database itself into words; what the statement did wrong stays."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        if _code(error) in _AGAIN:
            raise ConflictError("two changes met; nothing of this one was kept", hint="ask again") from error
        raise UnavailableError(f"the database does not answer: {_reason(error)}", hint=_LATER) from error
    except DBAPIError as error:
        if type(error) is DatabaseError:  # what SQLite says of a file that is damaged, or none of its own
            raise UnavailableError(f"the database does not answer: {_reason(error)}", hint=_LATER) from error
        if error.connection_invalidated:
            raise UnavailableError("the connection to the database was lost", hint=_LATER) from error
        if isinstance(error, DataError) and "NUL (0x00)" in str(error.orig):
            raise _no_text() from error
        raise
    except UnicodeEncodeError as error:  # half a surrogate: both drivers say so before they ask
        raise _no_text() from error


def _no_text() -> AskedWronglyError:
    return AskedWronglyError(
        "a text holds U+0000 or half a surrogate, which no database keeps", hint="leave it out and ask again"
    )


def _code(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", "") or "")


def _reason(error: Exception) -> str:
    """Return one of a few words of our own: the driver's message may name hosts, users, files and queries."""
    said = str(getattr(error, "orig", error)).lower()
    for sign, reason in _REASONS:
        if sign in said:
            return reason
    return "its connection failed"


_REASONS: Final = (
    ("full", "its disk is full"),
    ("no space", "its disk is full"),
    ("locked", "it is busy"),
    ("queuepool", "all connections are in use"),
    ("readonly", "it can only be read"),
    ("read-only", "it can only be read"),
    ("unable to open", "its file cannot be opened"),
    ("malformed", "its file is damaged"),
    ("not a database", "its file is damaged"),
    ("no such table", "it was not migrated: run `wardline migrate`"),
    ("no such column", "its tables are not those of this version: run `wardline migrate`"),
    ("authentication", "it refuses these credentials"),
    ("timeout", "it takes too long"),
)


def _postgresql_connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Set up a connection to PostgreSQL by a statement: `options` in the address stay whoever's they are."""
    cursor = connection.cursor()
    cursor.execute(_QUICK)
    cursor.close()
    connection.commit()


def _sqlite_connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Set up a connection to SQLite: transactions are ours to begin, the log is written ahead and to the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "cache_size = -32768",
        "temp_store = MEMORY",
        "mmap_size = 268435456",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _sqlite_begun(connection: Connection) -> None:
    reads = connection.get_execution_options().get("wardline_reading", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _no_address() -> AskedWronglyError:
    return AskedWronglyError(
        "this is no address of a database", hint="write sqlite:///FILE or postgresql://USER@HOST/NAME"
    )
