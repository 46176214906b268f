"""What packages are held against, opened before the tree is looked at: formats, advisories, ranks, VEX files."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from wardline.check.dependencies import formats, mirror, versions
from wardline.check.dependencies.accounts import GET_ADVISORIES
from wardline.check.dependencies.advisories import ranking as rankings
from wardline.check.dependencies.advisories.index import Index
from wardline.check.dependencies.advisories.ranking import Ranking
from wardline.check.dependencies.advisories.sources import AdvisoriesMissingError
from wardline.check.dependencies.formats import Formats
from wardline.check.model import Request
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable


class Reference(NamedTuple):
    """What the practice holds packages against.

    `advisories` is None where there are no advisories, and `missing` then says why and what to do about it.
    """

    formats: Formats
    advisories: Index | None = None
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
    versions.prepare()
    source = mirror.located(request.advisories, progress)
    ranking = rankings.ready(
        _rank(request.kev, source, rankings.KEV_NAME), _rank(request.epss, source, rankings.EPSS_NAME)
    )
    notes = tuple(f"{problem.name}: {problem.reason}" for problem in ranking.problems)
    known_so_far = Reference(formats=known, ranking=ranking, vex=request.vex, notes=notes)
    try:
        return known_so_far._replace(advisories=mirror.index_of(source, progress))
    except AdvisoriesMissingError as error:
        if request.advisories is not None:
            raise AskedWronglyError(error.detail, hint=error.hint) from error
        return known_so_far._replace(missing=("there are no advisories to hold packages against", GET_ADVISORIES))


def _rank(named: Path | None, source: Path, name: str) -> Path | None:
    """Return the file that ranks: the named one, else the one beside the advisories, else none."""
    if named is not None:
        return named
    beside = source / name
    return beside if beside.is_file() else None
