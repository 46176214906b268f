"""Compiles advisories into one index file: each source into a section of its own, then the tables over all of them.

A section holds cut-down records and does not depend on where it stands, so the section of a source that has not changed
is copied from the previous index; the tables (names, ids, groups of aliases) are made from the sections alone, each
time. An incremental compile therefore gives, byte for byte, what a full one gives.

No network, no global state, one process; memory holds names, ids and offsets, never the records. The file appears
under its name when it is whole and on the disk: a compile that is killed leaves the previous index, and a `.part-` file
that the next compile sweeps away.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from wardline.check.dependencies.advisories.documents import count, documents
from wardline.check.dependencies.advisories.keys import package_key
from wardline.check.dependencies.advisories.layout import KIND, identity, shown
from wardline.check.dependencies.advisories.mapped import PART, DamagedError, Mapped, Writer, fits, writing
from wardline.check.dependencies.advisories.record import UnreadableRecordError, compact
from wardline.check.dependencies.advisories.sources import Listing, Part, Problem, listing
from wardline.check.dependencies.advisories.status import MAX_PROBLEMS, EcosystemStatus, SourceStatus, Status
from wardline.check.dependencies.advisories.tables import write_tables
from wardline.findings.package_names import family
from wardline.kernel import clock
from wardline.kernel.text import printable

_STALE_SECONDS: Final = 3600
_STEP: Final = 500

Progress = Callable[[int, int], None]


def compile_index(source: Path, target: Path, *, progress: Progress = lambda _done, _total: None) -> Status:
    """Compile `source` into the file `target`, and return the account of it.

    `progress` is told records done and about how many there are. Sections of unchanged sources are taken from an index
    that is already at `target`. Raises: `AdvisoriesMissingError` where there is no source; `OSError` where `target`
    cannot be written.
    """
    found = listing(source)
    _sweep(target.parent)
    previous = _previous(target)
    try:
        return _compiled(source, found, target, previous, progress)
    except DamagedError:  # a section that was copied is not what it was
        return _compiled(source, found, target, None, progress)
    finally:
        if previous is not None:
            previous.close()


@dataclass(slots=True)
class Section:
    """One source's records in the file, from `start` to `end`, and what was wrong with the others."""

    part: Part
    start: int
    end: int = 0
    records: int = 0
    unreadable: int = 0
    flawed: int = 0
    problems: list[Problem] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        """Keep a problem's name, up to a bound."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def row(self, source: Path) -> dict[str, Any]:
        """Return the section's line in the table of contents."""
        return {
            **identity(self.part, source),
            "start": self.start,
            "end": self.end,
            "records": self.records,
            "unreadable": self.unreadable,
            "flawed": self.flawed,
            "problems": [list(problem) for problem in self.problems],
        }


def _compiled(source: Path, found: Listing, target: Path, previous: Mapped | None, progress: Progress) -> Status:
    with writing(target, KIND) as writer:
        kept = {} if previous is None else {_same_part(row): row for row in previous.contents["sections"]}
        sections = list(_sections(writer, found, source, (previous, kept), progress))
        content = writer.so_far()
        tables = write_tables(writer, content, [(section.start, section.end) for section in sections], clock.now())
        content.close()
        status = _status(source, found, sections, tables)
        contents = {"sections": [section.row(source) for section in sections], **tables, "status": status.to_dict()}
        writer.finish(contents)
    return status


def _sections(
    writer: Writer, found: Listing, source: Path, kept: tuple[Mapped | None, dict[Any, Any]], progress: Progress
) -> Iterator[Section]:
    previous, rows = kept
    total = sum(map(count, found.parts))
    done = 0
    for part in found.parts:
        section = Section(part, writer.at)
        row = rows.get(_same_part(identity(part, source)))
        if row is not None and previous is not None:
            writer.raw(previous.copy(row["start"], row["end"]))
            section.records, section.unreadable, section.flawed = row["records"], row["unreadable"], row["flawed"]
            section.problems = [Problem(*problem) for problem in row["problems"]]
        else:
            for step, one in enumerate(documents(part)):
                if step % _STEP == 0:
                    progress(done + step, max(total, done + step))
                _write_record(writer, section, one)
        section.end = writer.at
        done += section.records + section.unreadable
        progress(done, max(total, done))
        yield section


def _write_record(writer: Writer, section: Section, one: tuple[str, Any] | Problem) -> None:
    """Write a record's core, then its members, each under its package's key."""
    if isinstance(one, Problem):
        section.unreadable += 1
        section.note(one)
        return
    entry, document = one
    try:
        record = compact(document, entry)
        members = [(package_key(one.ecosystem, one.name), orjson.dumps(one.entry)) for one in record.members]
    except (UnreadableRecordError, orjson.JSONEncodeError) as error:  # the latter: more is read than can be written
        section.unreadable += 1
        section.note(Problem(printable(entry, max_chars=200), str(error).lower()))
        return
    members = [(key, entry) for key, entry in members if fits(key)]
    if len(members) != len(record.members):
        record.flaws.append("a package's name is too long")
    if record.flaws:
        section.flawed += 1
        section.note(Problem(printable(entry, max_chars=200), "; ".join(record.flaws[:5])))
    section.records += 1
    writer.blob(orjson.dumps([*record.core, len(members)]))
    for key, content in members:
        writer.keyed(key, content)


def _status(source: Path, found: Listing, sections: list[Section], tables: dict[str, Any]) -> Status:
    """Return the account, and take what only it needs out of `tables`."""
    counts = tables.pop("counts")
    seen: dict[str, list[Any]] = tables.pop("ecosystems")
    standing = {family(section.part.ecosystem) for section in sections if section.part.ecosystem and section.records}
    by_name = any(section.part.ecosystem for section in sections)
    return Status(
        source=printable(str(source)),
        compiled_at=clock.now().isoformat(timespec="seconds"),
        sources=tuple(
            SourceStatus(
                name=shown(section.part, source),
                ecosystem=section.part.ecosystem,
                records=section.records,
                unreadable=section.unreadable,
                flawed=section.flawed,
                problems=tuple(section.problems),
                **count,
            )
            for section, count in zip(sections, counts, strict=True)
        ),
        ecosystems={
            name: EcosystemStatus(
                records=row[0], packages=row[1], newest=row[2], covered=_covered(name, standing, found, by_name=by_name)
            )
            for name, row in seen.items()
        },
        missing=tuple(name for name in found.promised if family(name) not in (standing if by_name else seen)),
        problems=found.problems,
    )


def _covered(ecosystem: str, standing: set[str], found: Listing, *, by_name: bool) -> bool:
    """Return whether a source stands for an ecosystem: its own zip; else its name in `ecosystems.txt`; else any record.

    Where there are zips by ecosystem, another ecosystem's record that mentions this one does not make it covered.
    """
    if by_name:
        return ecosystem in standing
    return ecosystem in map(family, found.promised) if found.promised else True


def _same_part(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["kind"], row["name"], row["ecosystem"], row["stamp"]


def _previous(target: Path) -> Mapped | None:
    try:
        return Mapped.open(target, KIND)
    except (FileNotFoundError, DamagedError):
        return None


def _sweep(folder: Path) -> None:
    """Remove what compiles that were killed left behind; a running one is younger than that."""
    for path in folder.glob(f"{PART}*"):
        try:
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()
        except OSError:
            continue  # another process was faster, or it is not ours
