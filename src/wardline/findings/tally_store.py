"""Queries about what is kept of how many findings there are: counted, drawn together, counted anew."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, literal_column, select, text

from wardline.findings.tables import FINDINGS
from wardline.findings.tally_tables import KEY, TALLIES, added, key_of, part_of

_T: Final = TALLIES.c
_ALL: Final = ", ".join(KEY)


def counted(tx: Connection, where: Sequence[ColumnElement[bool]], by: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return (the columns of `by`, how many) of what is kept; no row says none."""
    columns = [_T[name] for name in by]
    number = func.sum(_T.findings)
    query = select(*columns, number).where(*where).group_by(*columns).having(number != 0)
    return [(*row[:-1], int(row[-1])) for row in tx.execute(query)]


def drawn_together(tx: Connection) -> int:
    """Add what transactions added by themselves to the one row of each cell; return how many cells are empty now."""
    gone = tx.execute(TALLIES.delete().where(_T.part != 0).returning(*(_T[name] for name in KEY), _T.findings)).all()
    sums: dict[tuple[Any, ...], int] = {}
    for row in gone:
        sums[tuple(row[:-1])] = sums.get(tuple(row[:-1]), 0) + int(row[-1])
    rows = [{**dict(zip(KEY, key, strict=True)), "findings": number} for key, number in sums.items() if number]
    if rows:
        values = ", ".join(f":{name}" for name in KEY)
        tx.execute(text(added(f"VALUES ({values}, 0, :findings)")), rows)
    tx.execute(TALLIES.delete().where(_T.part == 0, _T.findings == 0))
    return len(gone)


def recounted(tx: Connection) -> int:
    """Count every finding anew, put right what is kept, and return how many cells were wrong: none, ever.

    One statement, one look: what others change at the same time is in neither of the two numbers, or in both.
    """
    dialect = tx.dialect.name
    key = ", ".join(f"{part} AS {name}" for name, part in zip(KEY, key_of("findings", dialect), strict=True))
    wrong = (
        f"SELECT {_ALL}, {part_of(dialect)}, sum(number) FROM ("  # noqa: S608 - the names of our own columns
        f"SELECT {key}, 1 AS number FROM findings UNION ALL SELECT {_ALL}, -findings FROM finding_tallies) AS both_of "
        f"WHERE true GROUP BY {_ALL} HAVING sum(number) <> 0"
    )
    return tx.execute(text(added(wrong))).rowcount


def truth(tx: Connection) -> dict[tuple[Any, ...], int]:
    """Return how many findings there are in each cell, counted from the findings themselves."""
    columns: list[Any] = [
        literal_column(part).label(name) for name, part in zip(KEY, key_of("findings", tx.dialect.name), strict=True)
    ]
    query = select(*columns, func.count()).select_from(FINDINGS).group_by(*columns)
    return {_plain(row[:-1]): int(row[-1]) for row in tx.execute(query)}


def kept(tx: Connection) -> dict[tuple[Any, ...], int]:
    """Return how many findings there are in each cell, as it is kept."""
    return {_plain(row[:-1]): row[-1] for row in counted(tx, (), KEY)}


def _plain(key: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(int(part) if isinstance(part, bool) else part for part in key)
