"""The tables over all sections of an index: packages, ids, and groups of aliases.

They are made from the sections alone, in their order, so they are the same whether a section was compiled or copied.
Of several editions of one id the one with the latest `modified` counts, the first of equals.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from wardline.check.dependencies.advisories.core import Core, rating
from wardline.check.dependencies.advisories.grouping import Claim, group
from wardline.check.dependencies.advisories.keys import family_of_key, id_key
from wardline.check.dependencies.advisories.layout import NUMBER, POSTING, read_core
from wardline.check.dependencies.advisories.mapped import DamagedError, Mapped, Writer, split_key, tag, write_table
from wardline.findings.severity import Rating, highest


@dataclass(slots=True)
class Census:
    """What the tables need to know of every record, by its number; numbers follow the order in the file."""

    ids: list[str] = field(default_factory=list)
    modified: list[str] = field(default_factory=list)
    same: list[tuple[str, ...]] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    offsets: "array[int]" = field(default_factory=lambda: array("Q"))
    withdrawn: bytearray = field(default_factory=bytearray)
    members: "array[int]" = field(default_factory=lambda: array("I"))
    bounds: list[int] = field(default_factory=list)  # the first record's number of each section, and the end
    winners: dict[str, int] = field(default_factory=dict)

    def add(self, offset: int, core: Core, members: int, pool: dict[Any, Any]) -> None:
        """Count one more record; equal strings are kept once."""
        number = len(self.ids)
        self.ids.append(core.id)
        self.modified.append(pool.setdefault(core.modified, core.modified))
        self.same.append(core.same)
        said = rating(core)
        self.ratings.append(pool.setdefault(said, said))
        self.offsets.append(offset)
        self.withdrawn.append(core.withdrawn)
        self.members.append(members)
        other = self.winners.setdefault(core.id, number)
        if other != number and core.modified > self.modified[other]:
            self.winners[core.id] = number

    def live(self, number: int) -> bool:
        """Return whether a record counts: the latest edition of its id, and not withdrawn."""
        return not self.withdrawn[number] and self.winners[self.ids[number]] == number


def write_tables(writer: Writer, content: Mapped, spans: Sequence[tuple[int, int]], now: datetime) -> dict[str, Any]:
    """Write all tables over the sections at `spans`; return where they are, and the counts for the account."""
    census = _census(content, spans)
    packages, ecosystems = _packages(writer, content, spans, census, now.replace(tzinfo=None).isoformat())
    return {
        "packages": packages,
        "ids": _ids(writer, census),
        "groups": _groups(writer, census),
        "records": writer.numbers(census.offsets),
        "counts": [_counts(census, first, last) for first, last in zip(census.bounds, census.bounds[1:], strict=False)],
        "ecosystems": ecosystems,
    }


def walk(content: Mapped, start: int, end: int) -> Iterator[tuple[int, Core, list[tuple[int, bytes]]]]:
    """Yield a section's records: the offset and the core, and the offset and blob of each member."""
    blobs = content.blobs(start, end)
    for offset, blob in blobs:
        core, members = read_core(blob)
        found = [row for _, row in zip(range(members), blobs, strict=False)]
        if len(found) != members:
            raise DamagedError("a section of the index ends early")
        yield offset, core, found


def _census(content: Mapped, spans: Sequence[tuple[int, int]]) -> Census:
    census = Census()
    pool: dict[Any, Any] = {}
    for start, end in spans:
        census.bounds.append(len(census.ids))
        for offset, core, members in walk(content, start, end):
            census.add(offset, core, len(members), pool)
    census.bounds.append(len(census.ids))
    return census


def _counts(census: Census, first: int, last: int) -> dict[str, int]:
    """Return how many records of a section do not count, by the first reason that holds."""
    superseded = withdrawn = silent = 0
    for number in range(first, last):
        if census.winners[census.ids[number]] != number:
            superseded += 1
        elif census.withdrawn[number]:
            withdrawn += 1
        elif not census.members[number]:
            silent += 1
    return {"superseded": superseded, "withdrawn": withdrawn, "silent": silent}


def _packages(
    writer: Writer, content: Mapped, spans: Sequence[tuple[int, int]], census: Census, now: str
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Write the table of packages; return where it is, and records, packages and newest date by ecosystem."""
    postings: dict[bytes, bytearray] = {}
    records: dict[str, list[Any]] = {}
    number = -1
    for start, end in spans:
        blobs = content.blobs(start, end)
        for _ in blobs:
            number += 1
            modified = census.modified[number]
            members = [row for _, row in zip(range(census.members[number]), blobs, strict=False)]
            if not census.live(number):
                continue
            seen = set()
            for offset, blob in members:
                key = split_key(blob)[0]
                postings.setdefault(key, bytearray()).extend(POSTING.pack(offset, number))
                seen.add(family_of_key(key))
            for name in seen:
                count = records.setdefault(name, [0, 0, None])
                count[0] += 1
                if now >= modified > (count[2] or ""):
                    count[2] = modified
    for key in postings:
        records[family_of_key(key)][1] += 1
    rows = ((tag(key), writer.keyed(key, bytes(value))) for key, value in postings.items())
    table = write_table(writer, rows)
    return table, dict(sorted(records.items()))


def _ids(writer: Writer, census: Census) -> dict[str, Any]:
    """Write the table from an id or alias to the numbers of the records that have it: editions that count only."""
    numbers: dict[bytes, bytearray] = {}
    for number, own in enumerate(census.ids):
        if census.winners[own] == number:
            for key in {id_key(name): None for name in (own, *census.same[number])}:
                numbers.setdefault(key, bytearray()).extend(NUMBER.pack(number))
    return write_table(writer, ((tag(key), writer.keyed(key, bytes(value))) for key, value in numbers.items()))


def _groups(writer: Writer, census: Census) -> list[int]:
    """Write the groups of two ids and more, and an array from record to group (0: the record stands alone)."""
    live = [number for number in range(len(census.ids)) if census.live(number)]
    groups = group(Claim(census.ids[number], census.same[number]) for number in live)
    ratings: dict[str, list[Rating]] = {}
    for number in live:
        canonical = groups.of(census.ids[number])[0]
        ratings.setdefault(canonical, []).append(census.ratings[number])
    offsets = array("Q", bytes(8 * len(census.ids)))
    written: dict[str, int] = {}
    for number in live:
        own = census.ids[number]
        ids = groups.of(own)
        covers = census.same[number] if own in groups.lumping else ()
        if len(ids) == 1 and not covers:
            continue
        if ids[0] not in written:
            row = [ids, *highest(ratings[ids[0]]), covers]
            written[ids[0]] = writer.blob(orjson.dumps(row))
        offsets[number] = written[ids[0]]
    return writer.numbers(offsets)
