"""The compiled advisories, open for look-up: 10,000 names in a few milliseconds, whatever the number of records.

An index is found by its source's path and is fresh while every source file has the size, the time and the inode it was
compiled from; deciding that costs a `stat` each. A damaged or outdated index is compiled anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from zlib import crc32

import orjson

from wardline.check.dependencies.advisories.core import Core
from wardline.check.dependencies.advisories.keys import id_key, package_key, scope
from wardline.check.dependencies.advisories.layout import KIND, NUMBER, POSTING, identity, read_core
from wardline.check.dependencies.advisories.mapped import DamagedError, Mapped, seed, split_key, tag
from wardline.check.dependencies.advisories.sources import Listing, listing
from wardline.check.dependencies.model import Package
from wardline.findings.package_names import family, normalised
from wardline.findings.severity import Rating
from wardline.kernel import cache

if TYPE_CHECKING:
    from wardline.check.dependencies.advisories.status import Status

_TELLTALE = "A_b.C--D/E.git/"  # every rule of spelling would change something in it


class Group(NamedTuple):
    """One bug: its ids, the canonical one first, how bad it is; and the ids that its record lumps, where it does."""

    ids: tuple[str, ...]
    rating: Rating
    covers: tuple[str, ...] = ()


class Posting(NamedTuple):
    """One `affected[]` member about a package: where it stands, and the number of its record."""

    member: int
    record: int


class Index:
    """Compiled advisories. Every method raises `DamagedError` where the file is not what was written."""

    def __init__(self, mapped: Mapped, source: Path) -> None:
        self._mapped = mapped
        self._source = source
        try:
            self._packages = mapped.table(mapped.contents["packages"])
            self._records = mapped.numbers(mapped.contents["records"], itemsize=8)
            self._groups = mapped.numbers(mapped.contents["groups"], itemsize=8)
        except KeyError as error:
            raise DamagedError("the index lacks a table") from error

    @classmethod
    def open(cls, path: Path, source: Path, found: Listing) -> Self | None:
        """Return the index at `path` where it is that of `source` as `found`, else None."""
        try:
            mapped = Mapped.open(path, KIND)
        except (FileNotFoundError, DamagedError):
            return None
        try:
            stamps = [[row["kind"], row["name"], row["ecosystem"], row["stamp"]] for row in mapped.contents["sections"]]
            now = [list(identity(part, source).values()) for part in found.parts]
            said = mapped.contents["status"]
            if stamps == now and said["problems"] == list(map(list, found.problems)):
                return cls(mapped, source)
        except (DamagedError, KeyError, TypeError):
            pass
        mapped.close()
        return None

    def close(self) -> None:
        """Let go of the file."""
        self._mapped.close()

    @cached_property
    def status(self) -> "Status":
        """Return the account of what was compiled."""
        from wardline.check.dependencies.advisories.status import Status

        try:
            return Status.from_dict(self._mapped.contents["status"])
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedError("the index has no account") from error

    def covers(self, ecosystem: str) -> bool:
        """Return whether a source stands for this ecosystem; False means that nothing can be said of its packages."""
        return bool(self._account(ecosystem).get("covered"))

    def data_date(self, ecosystem: str) -> str | None:
        """Return when the newest record of an ecosystem was changed (UTC, no zone), None where that is unknown."""
        return self._account(ecosystem).get("newest")

    def _account(self, ecosystem: str) -> dict[str, Any]:
        """Return the account of one ecosystem without building the whole of it, which most checks never look at."""
        try:
            found: dict[str, Any] = self._mapped.contents["status"]["ecosystems"].get(family(ecosystem), {})
        except (KeyError, TypeError, AttributeError) as error:
            raise DamagedError("the index has no account") from error
        return found

    def candidates(self, packages: Sequence[Package]) -> list[int]:
        """Return the numbers of the packages whose names' tags are known: those that records name, and hardly any more.

        This loop is what a check of 10,000 packages costs, most of which no record names: it encodes, hashes, looks
        into one array, and calls nothing else.
        """
        tags, _, shift = self._packages
        scopes: dict[str, tuple[Callable[[str, str], str] | None, int]] = {}
        found: list[int] = []
        current: str | None = None
        spelt: Callable[[str, str], str] | None = None
        start = 0
        for number, package in enumerate(packages):
            ecosystem, name = package[0], package[1]
            if ecosystem != current:
                if ecosystem not in scopes:
                    scopes[ecosystem] = _spelling(ecosystem), seed(scope(ecosystem))
                current = ecosystem
                spelt, start = scopes[ecosystem]
            if spelt is not None:
                name = spelt(ecosystem, name)
            try:
                hashed = crc32(name.encode(), start) or 1
            except UnicodeEncodeError:
                hashed = crc32(name.encode("utf-8", "surrogatepass"), start) or 1
            slot = hashed >> shift
            while known := tags[slot]:
                if known == hashed:
                    found.append(number)
                    break
                slot += 1
        return found

    def find(self, packages: Sequence[Package]) -> Iterator[tuple[int, list[Posting]]]:
        """Yield the number of each package that any record names, with what they say of it."""
        for number in self.candidates(packages):
            postings = self.about(packages[number].ecosystem, packages[number].name)
            if postings:
                yield number, postings

    def about(self, ecosystem: str, name: str) -> list[Posting]:
        """Return what the records say of one package."""
        key = package_key(ecosystem, normalised(ecosystem, name))
        found = self._mapped.value(self._packages, key, tag(key))
        if found is None:
            return []
        if len(found) % POSTING.size:
            raise DamagedError("a package's line in the index is cut off")
        return list(map(Posting._make, POSTING.iter_unpack(found)))

    def member(self, posting: Posting) -> dict[str, Any]:
        """Return the `affected[]` member: versions, version ranges, its ecosystem where that has a suffix."""
        entry = _loaded(split_key(self._mapped.blob(posting.member))[1])
        if not isinstance(entry, dict):
            raise DamagedError("a record of the index is not what was written")
        return entry

    def core(self, record: int) -> Core:
        """Return what a record says of its bug."""
        return read_core(self._mapped.blob(self._at(self._records, record)))[0]

    def identity(self, record: int) -> int:
        """Return a number that records of the same bug share, and no others."""
        return self._at(self._groups, record) or -1 - record

    def group(self, record: int) -> Group | None:
        """Return the bug that a record describes with others or under several ids; None where it stands alone."""
        offset = self._at(self._groups, record)
        if not offset:
            return None
        row = _loaded(self._mapped.blob(offset))
        try:
            ids, severity, vector, covers = row
            return Group(tuple(ids), Rating(severity, vector), tuple(covers))
        except (TypeError, ValueError) as error:
            raise DamagedError("a group of the index is not what was written") from error

    def _at(self, numbers: "memoryview[int]", record: int) -> int:
        if not 0 <= record < len(numbers):
            raise DamagedError("a record's number is not in the index")
        return numbers[record]

    @cached_property
    def _ids(self) -> Any:
        return self._mapped.table(self._mapped.contents.get("ids"))

    def named(self, identifier: str) -> list[Core]:
        """Return the records that have this id or list it as the same bug, in any case; withdrawn ones too."""
        key = id_key(identifier)
        found = self._mapped.value(self._ids, key, tag(key)) or b""
        return [self.core(number) for (number,) in NUMBER.iter_unpack(found[: len(found) // 4 * 4])]

    def document(self, core: Core) -> Mapping[str, Any] | None:
        """Return a record whole, as its source has it; None where the source cannot be read any more."""
        from wardline.check.dependencies.advisories.documents import document

        for part in listing(self._source).parts:
            found = document(part.path, zipped=part.kind == "zip", entry=core.entry)
            if isinstance(found, dict) and str(found.get("id", "")).strip().casefold() == core.id.casefold():
                return found
        return None


def _spelling(ecosystem: str) -> Callable[[str, str], str] | None:
    """Return the rule of spelling of an ecosystem's names, None where there is none: asked once, not 10,000 times."""
    return None if normalised(ecosystem, _TELLTALE) == _TELLTALE else normalised


def _loaded(blob: bytes) -> Any:
    try:
        return orjson.loads(blob)
    except ValueError as error:
        raise DamagedError("a part of the index is not what was written") from error


def place(source: Path) -> Path | None:
    """Return where the index of a source is kept; None where the user's cache cannot be used."""
    folder = cache.own_folder("advisories")
    return None if folder is None else folder / f"{cache.key('index', KIND, str(source.absolute()))}.idx"


def fresh(source: Path) -> Index | None:
    """Return the index of a source where it is there and fresh, else None: it has to be compiled first.

    Raises: `AdvisoriesMissingError` where there is no source.
    """
    found = listing(source)
    path = place(source)
    return None if path is None else Index.open(path, source, found)


def ready(source: Path, *, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Index:
    """Return the index of a source, compiled first where it is not fresh.

    Without a usable cache it is compiled each time, into a file that has no name any more when this returns.
    Raises: `AdvisoriesMissingError` where there is no source; `DamagedError` where it changes faster than it compiles.
    """
    from wardline.check.dependencies.advisories.compiling import compile_index

    index = fresh(source)
    if index is not None:
        return index
    path = place(source)
    if path is not None:
        try:
            compile_index(source, path, progress=progress)
            index = fresh(source)
        except OSError:  # the cache is full or read-only
            index = None
        if index is not None:
            return index
    import tempfile

    with tempfile.TemporaryDirectory(prefix="wardline-") as folder:
        compile_index(source, Path(folder) / "index", progress=progress)
        index = Index.open(Path(folder) / "index", source, listing(source))
    if index is None:
        raise DamagedError("the advisories changed while they were compiled", hint="run it again")
    return index
