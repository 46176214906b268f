"""Tables and queries of the ledger: the only SQL about it.

Five tables only grow, and triggers refuse anything else (`PROTECTION`): events, the index of what they are about, the
leaf hashes in the order of their numbers, hashes of complete subtrees, and heads. Only `ledger_pending` shrinks: what
waits for a number. `entry` is the order of recording, `number` the order that is signed.

Of the tree, the leaves and every eighth level above are kept: what lies between is computed from at most 255 of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    Text,
    bindparam,
    event,
    func,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from wardline.kernel.database.types import METADATA, Bytes, Moment, PlainText
from wardline.kernel.ledger.model import Head

LEVELS: Final = 8  # of the tree, between those that are kept
_Number: Final = BigInteger().with_variant(Integer, "sqlite")  # an INTEGER PRIMARY KEY is SQLite's own row number
_LOCK: Final = 0x5741_5244_4C45_4447  # "WARDLEDG": the one advisory lock of the sequencer on PostgreSQL

EVENTS: Final = Table(
    "ledger_events",
    METADATA,
    Column("entry", _Number, Identity(always=True), primary_key=True),
    Column("id", PlainText, nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("actor", PlainText, nullable=False),
    Column("actor_name", PlainText, nullable=False),
    Column("via", PlainText, nullable=False),
    Column("action", PlainText, nullable=False),
    Column("subject", PlainText, nullable=False),
    Column("about", Text, nullable=False),  # both exactly as they stand in the leaf: see encoding.py
    Column("details", Text, nullable=False),
    Index("ix_ledger_events_actor", "actor", "entry"),
    Index("ix_ledger_events_action", "action", "entry"),
)
PENDING: Final = Table("ledger_pending", METADATA, Column("entry", _Number, primary_key=True, autoincrement=False))
ABOUT: Final = Table(
    "ledger_about",
    METADATA,
    Column("identifier", PlainText, primary_key=True),
    Column("entry", _Number, primary_key=True, autoincrement=False, index=True),
)
LEAVES: Final = Table(
    "ledger_leaves",
    METADATA,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("entry", _Number, nullable=False, unique=True),
    Column("hash", Bytes, nullable=False),
)
NODES: Final = Table(
    "ledger_nodes",
    METADATA,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", _Number, primary_key=True, autoincrement=False),
    Column("hash", Bytes, nullable=False),
)
HEADS: Final = Table(
    "ledger_heads",
    METADATA,
    Column("size", _Number, primary_key=True, autoincrement=False),
    Column("root", Bytes, nullable=False),
    Column("at", Moment, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("signature", Bytes, nullable=False),
)

GROWING: Final = (EVENTS, ABOUT, LEAVES, NODES, HEADS)


def _protection() -> dict[str, tuple[str, ...]]:
    lite = tuple(
        f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
        for table in GROWING
        for verb in ("UPDATE", "DELETE")
    )
    function = (
        "CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    server = tuple(
        f"CREATE TRIGGER {table.name}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows()"
        for table in GROWING
    )
    return {"sqlite": lite, "postgresql": (function, *server)}


PROTECTION: Final[Mapping[str, tuple[str, ...]]] = _protection()
"""What a migration runs after it made the tables, by the name of the dialect. Dropping a table drops its triggers; the
function `ledger_only_grows` of PostgreSQL stays and is dropped apart."""


def _ddl(statement: str) -> DDL:
    made: DDL = DDL(statement)  # type: ignore[no-untyped-call]
    return made


for _dialect, _statements in PROTECTION.items():
    for _statement in _statements:
        # Of all tables the last one in creation order is not known here; each table brings its own.
        _table = next((table for table in GROWING if f" ON {table.name} " in _statement), EVENTS)
        event.listen(_table, "after_create", _ddl(_statement).execute_if(dialect=_dialect))


def add(tx: Connection, rows: Sequence[Mapping[str, Any]], about: Iterable[tuple[str, str]]) -> None:
    """Insert events (the columns of `EVENTS` but `entry`) in this order, waiting for their numbers.

    `about` are pairs (the event's id, what it is about), each once.
    """
    if tx.dialect.name == "postgresql":
        from orjson import dumps

        # One JSON text each: arrays are escaped by the driver value by value, in Python.
        pairs = [{"id": identifier, "name": name} for identifier, name in about]
        placed = [{**row, "place": place} for place, row in enumerate(rows)]
        tx.execute(_ADD, {"rows": dumps(placed).decode(), "about": dumps(pairs).decode()})
        return
    # By hand: what SQLAlchemy does for each value costs more than SQLite does for the row.
    first = 1 + (tx.scalar(select(func.max(EVENTS.c.entry))) or 0)  # the write lock is ours: nobody else adds now
    entries = {row["id"]: first + count for count, row in enumerate(rows)}
    stored: Callable[[Any], Any] = EVENTS.c.at.type.dialect_impl(tx.dialect).bind_processor(tx.dialect) or _same
    events = [
        (first + count, *(row[name] for name in _COLUMNS[:-1]), stored(row["at"])) for count, row in enumerate(rows)
    ]
    tx.exec_driver_sql(_ADD_LITE, events)
    tx.exec_driver_sql("INSERT INTO ledger_pending VALUES (?)", [(entry,) for entry in entries.values()])
    named = [(name, entries[identifier]) for identifier, name in about]
    if named:
        tx.exec_driver_sql("INSERT INTO ledger_about (identifier, entry) VALUES (?, ?)", named)


def _same(value: Any) -> Any:
    return value


_COLUMNS: Final = ("id", "actor", "actor_name", "via", "action", "subject", "about", "details", "at")
_ADD_LITE: Final = f"INSERT INTO ledger_events (entry, {', '.join(_COLUMNS)}) VALUES (?{', ?' * len(_COLUMNS)})"  # noqa: S608 - as below
_TYPED: Final = ", ".join(f"{name} {'timestamptz' if name == 'at' else 'text'}" for name in _COLUMNS)
# One question and answer for any number of events. Identity values follow the order of the sorted selection.
_ADD: Final = text(
    f"""
    WITH added AS (
        INSERT INTO ledger_events ({", ".join(_COLUMNS)})
        SELECT {", ".join(_COLUMNS)} FROM json_to_recordset(CAST(:rows AS json)) AS row ({_TYPED}, place integer)
        ORDER BY place RETURNING entry, id
    ), waiting AS (
        INSERT INTO ledger_pending (entry) SELECT entry FROM added
    )
    INSERT INTO ledger_about (identifier, entry)
    SELECT named.name, added.entry
    FROM json_to_recordset(CAST(:about AS json)) AS named (id text, name text) JOIN added ON added.id = named.id
    """  # noqa: S608 - the names of our own columns
)


def lock(tx: Connection) -> None:
    """Let nobody else number events until the end of this transaction."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def anything_pending(tx: Connection) -> bool:
    """Return whether any event waits for a number."""
    return tx.scalar(select(PENDING.c.entry).limit(1)) is not None


def pending_count(tx: Connection) -> int:
    """Return how many events wait for a number."""
    return tx.scalar(select(func.count()).select_from(PENDING)) or 0


def pending(tx: Connection, limit: int) -> list[dict[str, Any]]:
    """Return the events that wait, in the order of recording."""
    found = select(EVENTS).join(PENDING, PENDING.c.entry == EVENTS.c.entry).order_by(PENDING.c.entry).limit(limit)
    return dictionaries(tx.execute(found))


def number(tx: Connection, leaves: Sequence[tuple[int, int, bytes]], nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """Give events their places: leaves are (number, entry, hash), nodes (level, position, hash)."""
    if tx.dialect.name == "postgresql":
        entries = [entry for _, entry, _ in leaves]
        tx.execute(_NUMBER, {"numbers": [leaf[0] for leaf in leaves], "entries": entries, "hashes": _third(leaves)})
        tx.execute(_DONE, {"entries": entries})
    else:
        tx.exec_driver_sql("INSERT INTO ledger_leaves (number, entry, hash) VALUES (?, ?, ?)", list(leaves))
        # The write lock is ours: what was read above is what waits.
        tx.exec_driver_sql("DELETE FROM ledger_pending WHERE entry = ?", [(entry,) for _, entry, _ in leaves])
    if nodes:
        tx.execute(
            insert(NODES), [{"level": level, "position": place, "hash": digest} for level, place, digest in nodes]
        )


def _third(rows: Sequence[tuple[int, int, bytes]]) -> list[bytes]:
    return [row[2] for row in rows]


_NUMBER: Final = text(
    "INSERT INTO ledger_leaves (number, entry, hash) SELECT * FROM unnest(:numbers, :entries, :hashes)"
).bindparams(
    bindparam("numbers", type_=ARRAY(BigInteger())),
    bindparam("entries", type_=ARRAY(BigInteger())),
    bindparam("hashes", type_=ARRAY(LargeBinary())),
)
_DONE: Final = text("DELETE FROM ledger_pending WHERE entry = ANY(:entries)").bindparams(
    bindparam("entries", type_=ARRAY(BigInteger()))
)


def size(tx: Connection) -> int:
    """Return how many events have a number."""
    last: int | None = tx.scalar(select(func.max(LEAVES.c.number)))
    return 0 if last is None else last + 1


def hashes(tx: Connection, level: int, first: int, count: int) -> list[tuple[int, bytes]]:
    """Return the stored hashes (position, hash) of a level that is kept, in order; fewer where some are not there."""
    if level == 0:
        place, digest = LEAVES.c.number, LEAVES.c.hash
        query = select(place, digest)
    else:
        place, digest = NODES.c.position, NODES.c.hash
        query = select(place, digest).where(NODES.c.level == level)
    found = tx.execute(query.where(place.between(first, first + count - 1)).order_by(place))
    return [(row[0], row[1]) for row in found]


def add_head(tx: Connection, head: Head) -> None:
    """Keep a head."""
    tx.execute(insert(HEADS).values(**head._asdict()))


def head(tx: Connection) -> Head | None:
    """Return the newest head."""
    row = tx.execute(select(HEADS).order_by(HEADS.c.size.desc()).limit(1)).first()
    return None if row is None else Head(*row)


def heads(tx: Connection, *, before: int | None = None, limit: int) -> list[Head]:
    """Return heads below a size, the newest first."""
    query = select(HEADS).order_by(HEADS.c.size.desc())
    if before is not None:
        query = query.where(HEADS.c.size < before)
    return [Head(*row) for row in tx.execute(query.limit(limit))]


def _numbered() -> Select[Any]:
    return select(EVENTS, LEAVES.c.number).outerjoin(LEAVES, LEAVES.c.entry == EVENTS.c.entry)


def listing(  # noqa: PLR0913 - each has a name where it is given
    tx: Connection,
    *,
    about: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    seen_by: tuple[str, Iterable[str]] | None = None,
    before: int | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return events with their numbers, the last recorded first, from below the entry `before`.

    `action` may end with ":" and then means every action on that resource. `seen_by` is an actor and identifiers:
    only events that one did, or that are about one of those.
    """
    query = _numbered().order_by(EVENTS.c.entry.desc()).limit(limit)
    if before is not None:
        query = query.where(EVENTS.c.entry < before)
    if about is not None:
        query = query.join(ABOUT, ABOUT.c.entry == EVENTS.c.entry).where(ABOUT.c.identifier == about)
        query = query.order_by(None).order_by(ABOUT.c.entry.desc())
        if before is not None:
            query = query.where(ABOUT.c.entry < before)
    if actor is not None:
        query = query.where(EVENTS.c.actor == actor)
    if action is not None:
        query = query.where(_acts(action))
    if seen_by is not None:
        query = query.where(_seen_by(*seen_by))
    return dictionaries(tx.execute(query))


def _acts(action: str) -> ColumnElement[bool]:
    if not action.endswith(":"):
        return EVENTS.c.action == action
    return (EVENTS.c.action >= action) & (EVENTS.c.action < f"{action[:-1]};")  # ";" follows ":"


def _seen_by(actor: str, identifiers: Iterable[str]) -> ColumnElement[bool]:
    theirs = select(ABOUT.c.entry).where(ABOUT.c.identifier.in_(sorted(identifiers)))
    return or_(EVENTS.c.actor == actor, EVENTS.c.entry.in_(theirs))


def one(tx: Connection, *, identifier: str | None = None, at_number: int | None = None) -> dict[str, Any] | None:
    """Return the event with this id, or with this number, with its number."""
    if identifier is not None:
        found = dictionaries(tx.execute(_numbered().where(EVENTS.c.id == identifier)))
    else:
        found = dictionaries(tx.execute(_numbered().where(LEAVES.c.number == at_number)))
    return found[0] if found else None


def subjects_since(tx: Connection, number: int, actions: Iterable[str], limit: int) -> list[str]:
    """Return the subjects of events of these actions that are numbered from `number` on, each once, in order."""
    query = select(EVENTS.c.subject).join(LEAVES, LEAVES.c.entry == EVENTS.c.entry)
    query = query.where(LEAVES.c.number >= number, EVENTS.c.action.in_(sorted(actions)))
    return list(dict.fromkeys(tx.scalars(query.order_by(LEAVES.c.number).limit(limit))))


def dictionaries(result: CursorResult[Any]) -> list[dict[str, Any]]:
    """Return rows as dictionaries of their columns."""
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


def key_events(tx: Connection, actions: Sequence[str]) -> list[dict[str, Any]]:
    """Return the numbered events of these actions in the order of their numbers: action, subject, details, number."""
    query = (
        select(EVENTS.c.action, EVENTS.c.subject, EVENTS.c.details, LEAVES.c.number)
        .join(LEAVES, LEAVES.c.entry == EVENTS.c.entry)
        .where(EVENTS.c.action.in_(actions))
        .order_by(LEAVES.c.number)
    )
    return dictionaries(tx.execute(query))
