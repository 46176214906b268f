"""How many findings there are, kept: by all that a count is narrowed to, in the transaction of each change.

Triggers on `findings` keep it, whoever changes a finding and in whatever statement, so that it cannot be forgotten.
On SQLite, which writes one transaction at a time, the one row of a cell is counted up and down (`part` 0). On
PostgreSQL each transaction adds rows of its own (`part` is its number), so that no two wait for each other; a duty adds
them to part 0. A cell's number is the sum of its parts, and may be 0.

What depends on the time is kept as far as it does not: in which span of `SPAN_SECONDS` findings are due, and whether a
waiver ever was noted that may be over. `counting.py` works out the rest from the few rows at the edge.
"""

from typing import Any, Final

from sqlalchemy import DDL, BigInteger, Boolean, Column, Integer, String, Table, event

from wardline.findings.model import OPEN
from wardline.findings.tables import FINDINGS
from wardline.kernel.database.types import METADATA

SPAN_SECONDS: Final = 2 * 86400

KEY: Final = ("service", "practice", "team", "severity", "state", "exploited", "waived", "due_span")
TALLIES: Final = Table(
    "finding_tallies",
    METADATA,
    Column("service", String, primary_key=True),
    Column("practice", String, primary_key=True),
    Column("team", String, primary_key=True),
    Column("severity", String, primary_key=True),
    Column("state", String, primary_key=True),
    Column("exploited", Boolean(create_constraint=False), primary_key=True),
    Column("waived", Boolean(create_constraint=False), primary_key=True),  # `waived_until` is set
    Column("due_span", Integer, primary_key=True, autoincrement=False),  # since 1970; 0: not open
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("findings", Integer, nullable=False),
    sqlite_with_rowid=False,
)

_PLAIN: Final = KEY[:6]
_OPEN: Final = ", ".join(f"'{state}'" for state in sorted(OPEN))
_NAMES: Final = ", ".join((*KEY, "part", "findings"))
_ADDED: Final = (
    f"ON CONFLICT ({', '.join((*KEY, 'part'))}) DO UPDATE SET findings = finding_tallies.findings + excluded.findings"
)


def key_of(row: str, dialect: str) -> tuple[str, ...]:
    """Return the SQL of each part of the key, of a row of `findings` under this name."""
    if dialect == "postgresql":
        span = f"CAST(floor(extract(epoch FROM {row}.due_at) / {SPAN_SECONDS}) AS integer)"
    else:
        span = f"unixepoch({row}.due_at) / {SPAN_SECONDS}"
    due = f"CASE WHEN {row}.state IN ({_OPEN}) THEN {span} ELSE 0 END"
    return (*(f"{row}.{name}" for name in _PLAIN), f"{row}.waived_until IS NOT NULL", due)


def part_of(dialect: str) -> str:
    """Return the SQL of the part that a transaction adds to."""
    return "CAST(CAST(pg_current_xact_id() AS text) AS bigint)" if dialect == "postgresql" else "0"


def added(selected: str) -> str:
    """Return the SQL that adds what a SELECT gives (the key, the part, how many) to what is kept."""
    return f"INSERT INTO finding_tallies ({_NAMES}) {selected} {_ADDED}"


def _lite() -> tuple[str, ...]:
    def change(row: str, by: int) -> str:
        return added(f"VALUES ({', '.join(key_of(row, 'sqlite'))}, 0, {by})") + ";"

    old, new = (", ".join(key_of(row, "sqlite")) for row in ("old", "new"))
    watched = ", ".join((*_PLAIN, "waived_until", "due_at"))
    return (
        f"CREATE TRIGGER findings_tallied_insert AFTER INSERT ON findings BEGIN {change('new', 1)} END",
        f"CREATE TRIGGER findings_tallied_delete AFTER DELETE ON findings BEGIN {change('old', -1)} END",
        (
            f"CREATE TRIGGER findings_tallied_update AFTER UPDATE OF {watched} ON findings "
            f"WHEN ({old}) IS NOT ({new}) BEGIN {change('old', -1)} {change('new', 1)} END"
        ),
    )


def _server() -> tuple[str, ...]:
    def rows(table: str, by: int) -> str:
        return f"SELECT {', '.join(key_of('row', 'postgresql'))}, {by} FROM {table} AS row"  # noqa: S608 - as above

    def function(verb: str, changed: str) -> str:
        named = ", ".join((*KEY, "change"))
        summed = (
            f"SELECT {', '.join(KEY)}, {part_of('postgresql')}, sum(change) FROM ({changed}) AS changed ({named}) "  # noqa: S608 - as above
            f"GROUP BY {', '.join(KEY)} HAVING sum(change) <> 0"
        )
        return (
            f"CREATE OR REPLACE FUNCTION findings_tallied_{verb}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {added(summed)}; RETURN NULL; END $$"
        )

    def trigger(verb: str, tables: str) -> str:
        return (
            f"CREATE TRIGGER findings_tallied_{verb} AFTER {verb.upper()} ON findings REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION findings_tallied_{verb}()"
        )

    gained, lost = rows("new_rows", 1), rows("old_rows", -1)
    return (
        function("insert", gained),
        function("delete", lost),
        function("update", f"{gained} UNION ALL {lost}"),
        trigger("insert", "NEW TABLE AS new_rows"),
        trigger("delete", "OLD TABLE AS old_rows"),
        trigger("update", "NEW TABLE AS new_rows OLD TABLE AS old_rows"),
    )


TRIGGERS: Final = {"sqlite": _lite(), "postgresql": _server()}
"""What a migration runs after it made the table, by the name of the dialect."""
FUNCTIONS: Final = tuple(f"findings_tallied_{verb}" for verb in ("insert", "delete", "update"))


for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        _ddl: Any = DDL(_statement)  # type: ignore[no-untyped-call]
        # Whoever makes all tables at once makes these, too; `findings` comes after `finding_tallies` in any order.
        event.listen(FINDINGS, "after_create", _ddl.execute_if(dialect=_dialect))
