"""Where the advisories are: those that were synced, those at a path, those at an address; and their account.

Everything that the network is asked for, is asked here, and by the user's own command: `advisories sync`, or a check
that names an address.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wardline.check.dependencies.advisories import index as indexes
from wardline.check.dependencies.advisories.index import Index
from wardline.kernel import cache, sandbox
from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.text import printable

if TYPE_CHECKING:
    from wardline.check.dependencies.advisories.status import Status
    from wardline.check.dependencies.advisories.sync import Synced

_ADDRESS: Final = r"(?i)https?://"

Progress = Callable[[str], None]


def synced() -> Path:
    """Return the folder that `wardline advisories sync` fills."""
    return cache.folder() / "mirror"


def located(named: str | None, progress: Progress) -> Path:
    """Return the folder or file of the advisories that are named: a path, an address (synced first), None: the synced.

    Raises: `AskedWronglyError` for a path where there is nothing; `CannotSayError` for an address that gives nothing.
    """
    if named is None:
        return synced()
    if not re.match(_ADDRESS, named):
        if not Path(named).exists():
            raise AskedWronglyError(f"no advisories at {printable(named)}: no such file or folder")
        return Path(named)
    mirror = cache.folder() / cache.key("mirror", named)
    results = sync(named, progress=progress, mirror=mirror)
    failed = [result for result in results if result.outcome == "failed"]
    if failed and not any((mirror / result.name / "all.zip").exists() for result in results):
        raise CannotSayError(
            f"no advisories from {printable(named)}: {failed[0].detail}", hint="name a mirror by its path"
        )
    return mirror


def sync(
    upstream: str | None, *, ecosystems: Sequence[str] = (), progress: Progress, mirror: Path | None = None
) -> list["Synced"]:
    """Bring advisories up to date from an address or a folder, None: OSV's own bucket, with KEV and EPSS beside them.

    Returns what became of each ecosystem and file; one that failed keeps what it had. Raises: see `sync.sync`.
    """
    from wardline.check.dependencies.advisories import sync as syncing

    def told(what: str, done: int, total: int) -> None:
        progress(f"fetching {what}: {done / 1e6:.1f} of {total / 1e6:.1f} MB" if total else f"fetching {what}")

    into = mirror or synced()
    results = syncing.sync(into, upstream or syncing.UPSTREAM, ecosystems=ecosystems, progress=told)
    if upstream is None:
        results += syncing.sync_ranks(into, progress=told)
    return results


def status(named: str | None, progress: Progress) -> "Status":
    """Return the account of the advisories that are named. Raises: `AdvisoriesMissingError`, `CannotSayError`."""
    return index_of(located(named, progress), progress).status


def index_of(source: Path, progress: Progress = lambda _: None) -> Index:
    """Return the index of the advisories at `source`, compiled in the sandbox where it is not fresh.

    Raises: `AdvisoriesMissingError` where there are none; `CannotSayError` where they cannot be compiled.
    """
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


def _compiled(source: Path, place: Path, doing: Progress) -> bytes:
    from wardline.check.dependencies.advisories.compiling import compile_index

    compile_index(
        source, place, progress=lambda done, total: doing(f"compiling advisories: {done:,} of about {total:,}")
    )
    return b""
