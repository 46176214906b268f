"""Brings advisories and ranks here: OSV's bucket by ecosystem, CISA's catalogue, EPSS. Only what changed.

The mirror that this keeps is in the bucket's own layout, and `--advisories` takes it. An ecosystem is its `all.zip`;
where upstream lists changes (`modified_id.csv`, newest first) and few records changed since, those are fetched one by
one and lie beside the zip, where they win over it by their `modified`. A week-old zip is fetched whole again, since
deleted records are on no list. A folder as upstream is copied with what lies beside its zips.

Source: https://google.github.io/osv.dev/data/ ("Data dumps"). A process that is killed leaves a mirror that is whole:
every file is replaced in one step, and the note of what has been seen is written last.
"""

import fcntl
import os
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import orjson

from wardline.check.dependencies.advisories import ranking
from wardline.check.dependencies.advisories.documents import FREE_BYTES, MAX_RATIO, MAX_RECORD_BYTES, archive
from wardline.check.dependencies.advisories.index import ready
from wardline.check.dependencies.advisories.record import UnreadableRecordError, compact, utc
from wardline.check.dependencies.advisories.sources import AdvisoriesMissingError
from wardline.check.dependencies.advisories.status import Status
from wardline.check.dependencies.advisories.transfer import Remote, TransferError, write_whole
from wardline.kernel.errors import AskedWronglyError, CannotSayError
from wardline.kernel.text import printable

UPSTREAM: Final = "https://osv-vulnerabilities.storage.googleapis.com"
KEV: Final = "https://www.cisa.gov/sites/default/files/feeds/" + ranking.KEV_NAME
EPSS: Final = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"
ECOSYSTEMS: Final = ("Go", "Maven", "NuGet", "Packagist", "PyPI", "RubyGems", "crates.io", "npm")
MAX_ZIP_BYTES: Final = 2 * 1024 * 1024 * 1024
MAX_CHANGED: Final = 200  # more are cheaper as one zip
MAX_BESIDE: Final = 2000
_MAX_AGE_SECONDS: Final = 7 * 24 * 3600
_MAX_LIST_LINES: Final = 10_000
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._:+-]{0,99}")
_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:-]{0,199}")
_SEEN: Final = ".seen"

Outcome = Literal["new", "changed", "unchanged", "absent", "failed"]
Progress = Callable[[str, int, int], None]  # what, bytes done, bytes in all (0: unknown)


class Synced(NamedTuple):
    """What became of one ecosystem or file: `detail` says how many records changed, or why it failed."""

    name: str
    outcome: Outcome
    detail: str = ""


def sync(
    mirror: Path,
    upstream: str = UPSTREAM,
    *,
    ecosystems: Sequence[str] = (),
    progress: Progress = lambda _what, _done, _total: None,
) -> list[Synced]:
    """Bring the advisories of these ecosystems up to date, and return what became of each, in order.

    `upstream` is an address or a folder in the bucket's layout. Without `ecosystems`: all that Wardline reads lockfiles
    of, and those that are in the mirror already. One that fails keeps what it had, and the others go on. Raises:
    `AskedWronglyError` for a name that is no ecosystem's, `TransferError` where `upstream` is no place to sync from,
    `CannotSayError` where another sync is running or the mirror cannot be written.
    """
    names = list(dict.fromkeys(ecosystems or (*ECOSYSTEMS, *_mirrored(mirror))))
    for name in names:
        if not _NAME.fullmatch(name) or ".." in name:
            raise AskedWronglyError(f"{printable(name, max_chars=80)!r} is not an ecosystem's name")
    with _alone(mirror), Remote(upstream) as remote:
        results = [_ecosystem(remote, mirror, name, progress) for name in names]
        held = "".join(f"{name}\n" for name in sorted({*_mirrored(mirror)}))
        write_whole(mirror / "ecosystems.txt", held.encode())
    return results


def sync_ranks(
    mirror: Path,
    *,
    kev: str = KEV,
    epss: str = EPSS,
    progress: Progress = lambda _what, _done, _total: None,
) -> list[Synced]:
    """Bring CISA's catalogue and the EPSS scores up to date in the mirror, and return what became of each."""
    with _alone(mirror):
        return [
            _rank(address, mirror / name, check, progress)
            for address, name, check in (
                (kev, ranking.KEV_NAME, ranking.check_kev),
                (epss, ranking.EPSS_NAME, ranking.check_epss),
            )
        ]


def status(source: Path) -> Status | None:
    """Return the account of the advisories at `source` (compiled first where needed), None where there are none."""
    try:
        index = ready(source)
    except AdvisoriesMissingError:
        return None
    found = index.status
    index.close()
    return found


def _rank(address: str, target: Path, check: Callable[[bytes], None], progress: Progress) -> Synced:
    folder, _, name = address.rpartition("/")

    def checked(path: Path) -> None:
        try:
            check(ranking.content(path))
        except ranking.UNREADABLE as error:
            raise TransferError(printable(str(error), max_chars=200)) from error

    def report(done: int, total: int) -> None:
        progress(target.name, done, total)

    try:
        with Remote(folder) as remote:
            outcome = remote.bring(name, target, max_bytes=ranking.MAX_BYTES, check=checked, report=report)
    except TransferError as error:
        return Synced(target.name, "failed", error.detail)
    return Synced(target.name, outcome)


def _mirrored(mirror: Path) -> list[str]:
    try:
        return sorted(path.name for path in mirror.iterdir() if (path / "all.zip").is_file())
    except OSError:
        return []


@contextmanager
def _alone(mirror: Path) -> Iterator[None]:
    """Hold the mirror against another sync; the lock goes with the process, however that ends."""
    try:
        mirror.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(mirror / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotSayError(f"{printable(str(mirror))} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise CannotSayError("another sync of this mirror is running", hint="wait for it to end") from error
    finally:
        os.close(descriptor)


def _ecosystem(remote: Remote, mirror: Path, name: str, progress: Progress) -> Synced:
    folder = mirror / name
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        changes = _changes(remote, folder, name)
        if changes.few is not None and not changes.few:
            return Synced(name, "unchanged")
        if changes.few:
            try:
                _fetch_records(remote, folder, name, changes.few)
            except TransferError:
                pass  # one is gone or unreadable: the zip knows better
            else:
                _settle(folder, changes.newest)
                return Synced(name, "changed", f"{len(changes.few)} records")
        return _fetch_zip(remote, folder, name, changes.newest, progress)
    except TransferError as error:
        return Synced(name, "failed", error.detail)
    except OSError as error:
        return Synced(name, "failed", f"cannot be written: {error.strerror}")
    finally:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _fetch_zip(remote: Remote, folder: Path, name: str, newest: str, progress: Progress) -> Synced:
    target = folder / "all.zip"
    known = target.exists()
    beside = list(folder.glob("*.json"))

    def report(done: int, total: int) -> None:
        progress(name, done, total)

    outcome = remote.bring(f"{name}/all.zip", target, max_bytes=MAX_ZIP_BYTES, check=_check_zip, report=report)
    if outcome == "absent":
        return Synced(name, "absent", "upstream has no such ecosystem")
    if outcome == "new":
        for path in beside:  # the zip is younger than they are
            path.unlink(missing_ok=True)
    elif known:
        os.utime(target)  # it is as fresh as if it had come today
    for record in remote.beside(name):
        remote.bring(f"{name}/{record}", folder / record, max_bytes=MAX_RECORD_BYTES, check=_check_record)
        _forget(folder, record)
    _settle(folder, newest)
    return Synced(name, "unchanged" if outcome == "unchanged" else "changed" if known else "new")


class _Changes(NamedTuple):
    """What changed since the last sync: a few ids (maybe none), or None where that is unknown or not worth it."""

    few: list[str] | None
    newest: str  # the newest change that upstream lists: what will have been seen afterwards


def _changes(remote: Remote, folder: Path, name: str) -> _Changes:
    lines = remote.lines(f"{name}/modified_id.csv", max_lines=_MAX_LIST_LINES)
    if lines is None:
        return _Changes(None, "")
    seen = _seen(folder)
    newest = ""
    few: list[str] = []
    with closing(lines):
        for line in lines:
            moment, _, identifier = line.strip().partition(",")
            changed = utc(moment)
            newest = newest or changed
            if not changed or not _ID.fullmatch(identifier) or ".." in identifier:
                continue
            if changed <= seen or len(few) > MAX_CHANGED:
                break
            few.append(identifier)
    stale = not seen or _age(folder / "all.zip") > _MAX_AGE_SECONDS
    if stale or len(few) > MAX_CHANGED or len(list(folder.glob("*.json"))) + len(few) > MAX_BESIDE:
        return _Changes(None, newest)
    return _Changes(few, newest)


def _fetch_records(remote: Remote, folder: Path, name: str, identifiers: Sequence[str]) -> None:
    for identifier in dict.fromkeys(identifiers):
        target = folder / f"{identifier}.json"
        outcome = remote.bring(f"{name}/{identifier}.json", target, max_bytes=MAX_RECORD_BYTES, check=_check_record)
        if outcome == "absent":
            raise TransferError(f"{identifier} is listed and not there")
        _forget(folder, target.name)


def _forget(folder: Path, record: str) -> None:
    """Remove what was noted about a record's transfer: the next one is of another edition."""
    for state in folder.glob(f".{record}.*"):
        state.unlink(missing_ok=True)


def _check_record(path: Path) -> None:
    try:
        compact(orjson.loads(path.read_bytes()), path.name)
    except (ValueError, UnreadableRecordError) as error:
        raise TransferError(f"not an OSV record: {printable(str(error), max_chars=100)}") from error


def _check_zip(path: Path) -> None:
    """Refuse what is no zip, has no record in it, or holds an entry that is not what its checksum says."""
    try:
        with archive(path) as opened:
            names = [entry.filename for entry in opened.infolist() if entry.filename.endswith(".json")]
            if sum(entry.file_size for entry in opened.infolist()) > FREE_BYTES + MAX_RATIO * path.stat().st_size:
                raise TransferError(f"a zip that unpacks to more than {MAX_RATIO} times its size")
            broken = opened.testzip() if names else None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, OverflowError) as error:
        raise TransferError(f"not a zip: {printable(str(error), max_chars=200)}") from error
    if not names:
        raise TransferError("a zip without a record")
    if broken:
        raise TransferError(f"a zip in which {printable(broken, max_chars=100)} is damaged")


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")


def _seen(folder: Path) -> str:
    try:
        found: Any = orjson.loads((folder / _SEEN).read_bytes())
    except (OSError, ValueError):
        return ""
    said = found.get("newest") if isinstance(found, dict) else None
    return said if isinstance(said, str) and (folder / "all.zip").exists() else ""


def _settle(folder: Path, newest: str) -> None:
    if newest:
        write_whole(folder / _SEEN, orjson.dumps({"newest": newest}))
