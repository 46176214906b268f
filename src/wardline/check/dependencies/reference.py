"""What packages are held against, opened before the tree is looked at: formats, advisories, ranks, VEX files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wardline.check.dependencies import formats
from wardline.check.dependencies.accounts import GET_ADVISORIES
from wardline.check.dependencies.advisories import index as indexes
from wardline.check.dependencies.advisories import ranking as rankings
from wardline.check.dependencies.advisories.index import Index
from wardline.check.dependencies.advisories.ranking import Ranking
from wardline.check.dependencies.advisories.sources import AdvisoriesMissingError
from wardline.check.dependencies.formats import Formats
from wardline.check.model import Request
from wardline.kernel import cache, sandbox
from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.text import printable

SYNCED: Final = "mirror"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What the practice holds packages against.

    `index` is None where there are no advisories, and `missing` then says why and what to do about it.
    """

    formats: Formats
    index: Index | None = None
    missing: tuple[str, str] = ("", "")
    ranking: Ranking | None = None
    vex: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def load(request: Request, progress: Callable[[str], None]) -> Reference:
    """Return the data that a request names, advisories compiled first where that is needed.

    Raises: `AskedWronglyError` for a file that was named and is not there.
    """
    known = formats.load()
    if request.purpose == "inventory" or "dependencies" not in request.only:
        return Reference(formats=known)
    for named in (request.kev, request.epss, *request.vex):
        if named is not None and not named.exists():
            raise AskedWronglyError(f"{printable(str(named))}: no such file")
    ranking = rankings.ready(request.kev, request.epss)
    notes = tuple(f"{problem.name}: {problem.reason}" for problem in ranking.problems)
    try:
        index = index_of(request.advisories, progress)
    except AdvisoriesMissingError as error:
        if request.advisories is not None:
            raise AskedWronglyError(error.detail, hint=error.hint) from error
        missing = ("there are no advisories to hold packages against", GET_ADVISORIES)
        return Reference(formats=known, missing=missing, ranking=ranking, vex=request.vex, notes=notes)
    return Reference(formats=known, index=index, ranking=ranking, vex=request.vex, notes=notes)


def synced() -> Path:
    """Return the folder that `wardline advisories sync` fills."""
    return cache.folder() / SYNCED


def index_of(named: Path | None, progress: Callable[[str], None] = lambda _: None) -> Index:
    """Return the index of the advisories at `named`, else of those that were synced, compiled in the sandbox.

    Raises: `AdvisoriesMissingError` where there are none; `CannotSayError` where they cannot be compiled.
    """
    source = named or synced()
    index = indexes.fresh(source)
    if index is not None:
        return index
    place = indexes.place(source)
    if place is None:  # no usable cache: compiled into a file that goes when this process does
        return indexes.ready(source)
    outcome = sandbox.run(
        lambda channel: _compiled(source, place, channel.doing),
        readable=[source],
        writable=[place.parent],
        progress=progress,
    )
    index = indexes.fresh(source)
    if index is None:
        detail = f"the advisories at {printable(str(source))} could not be compiled: {outcome.died or 'they changed'}"
        raise CannotSayError(detail, hint="see what is wrong with them: wardline advisories status")
    return index


def _compiled(source: Path, place: Path, doing: Callable[[str], None]) -> bytes:
    from wardline.check.dependencies.advisories.compiling import compile_index

    compile_index(
        source, place, progress=lambda done, total: doing(f"compiling advisories: {done:,} of about {total:,}")
    )
    return b""
