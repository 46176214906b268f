"""Backups of a vault's server: one file with the database, the ledger's key and what says that both are whole.

Nothing in it opens a value: custodians and agents keep their keys elsewhere, and their folders are never looked at. The
file is made beside its name and takes it at the end; restoring looks at all of it before anything is put in its place,
and the database comes last. So whatever stops the machine, there is a whole backup or none, and the old server or the
new one.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from sqlalchemy.engine import make_url

from wardline.kernel import clock
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError, CannotSayError, ConflictError
from wardline.kernel.ledger import showing
from wardline.kernel.ledger.keys import KEY_FILE
from wardline.kernel.settings import FILE as SETTINGS_FILE
from wardline.kernel.settings import Settings
from wardline.kernel.text import printable
from wardline.kernel.version import VERSION
from wardline.main import migrating

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_SQLITE: Final = "database.sqlite"
_POSTGRESQL: Final = "database.pgdump"
_MEMBERS: Final = frozenset({_SQLITE, _POSTGRESQL, KEY_FILE, SETTINGS_FILE})
_MOST_MANIFEST: Final = 64 * 1024
_PIECE: Final = 1024 * 1024
_SECONDS: Final = 6 * 3600


class Backup(NamedTuple):
    """What stands in a backup: which database at which revision, and the newest head of the ledger in it."""

    file: Path
    database: str
    revision: str
    entries: int
    head: str
    made: str


def backup(settings: Settings, file: Path) -> Backup:
    """Write a backup while the server runs, whole or not at all; it is readable by its owner alone.

    Raises: `ConflictError` where the file is there; `CannotSayError` where the database cannot be copied.
    """
    if file.exists():
        raise ConflictError(f"{printable(str(file))} is there already", hint="name another file")
    database = Database(settings.database)
    try:
        migrating.require_migrated(database)
        revision = migrating.standing(database) or ""
        with _beside(file.absolute()) as folder:
            copied = folder / (_POSTGRESQL if database.postgresql else _SQLITE)
            with database.reading() as tx:  # taken first: the copy holds at least this
                entries, head = showing.seen(tx)
            if database.postgresql:
                _dumped(settings.database, copied)
            else:
                _copied(settings.database, copied)
                entries, head = _head(copied)
            key = settings.ledger_key_file or settings.state / KEY_FILE
            for found, name in ((key, KEY_FILE), (settings.state / SETTINGS_FILE, SETTINGS_FILE)):
                if found.exists():
                    shutil.copyfile(found, folder / name)
            made = Backup(
                file,
                "postgresql" if database.postgresql else "sqlite",
                revision,
                entries,
                head.hex(),
                clock.now().isoformat(timespec="seconds"),
            )
            _written(folder, made, file.absolute())
    finally:
        database.close()
    return made


def restore(settings: Settings, file: Path, *, over: bool = False) -> Backup:
    """Put a backup in a server's place. With `over`, what is there is kept beside it, as `….before-…`.

    Raises: `ConflictError` where something is there, or the backup is of another kind of database;
    `AskedWronglyError` for a file that is no backup or is damaged; `CannotSayError` where it does not go in.
    """
    with _beside(settings.state / "restore") as folder:
        found = _read(file, folder)
        database = Database(settings.database)
        try:
            if database.postgresql != (found.database == "postgresql"):
                raise ConflictError(f"this backup is of {found.database}", hint="name such a --database")
            if database.postgresql:
                _require_empty(database)
        finally:
            database.close()
        target = None if found.database == "postgresql" else _sqlite_file(settings.database)
        _make_way(settings, target, over=over)
        for name in (KEY_FILE, SETTINGS_FILE):
            if (folder / name).exists():
                place = settings.ledger_key_file or settings.state / name if name == KEY_FILE else settings.state / name
                _moved(folder / name, place)
        if target is None:
            _loaded(settings.database, folder / _POSTGRESQL)
        else:
            _moved(folder / _SQLITE, target)
    return found


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give a private folder on the same file system."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise AskedWronglyError(f"{printable(str(place.parent))}: {error.strerror}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path, made: Backup, file: Path) -> None:
    members = {path.name: _facts(path) for path in sorted(folder.iterdir()) if path.name in _MEMBERS}
    manifest = {
        "format": FORMAT,
        "wardline": VERSION,
        "made": made.made,
        "database": made.database,
        "revision": made.revision,
        "ledger": {"entries": made.entries, "head": made.head},
        "files": members,
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part = folder / "whole"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as whole:
            with tarfile.open(fileobj=whole, mode="w:gz", compresslevel=6) as archive:
                for name in (_MANIFEST, *members):
                    archive.add(folder / name, arcname=name, filter=_plain)
            whole.flush()
            os.fsync(whole.fileno())
        os.link(part, file)  # fails where another one was faster
    except OSError as error:
        raise CannotSayError(f"{printable(str(file))}: {error.strerror}", hint="name a place with room") from error
    _flushed(file.parent)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
    return member


def _read(file: Path, folder: Path) -> Backup:
    """Unpack a backup, and return what it says once every file in it is as it says."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            first = archive.next()
            if first is None or first.name != _MANIFEST or not first.isreg() or first.size > _MOST_MANIFEST:
                raise _damaged(file, "it does not begin with a manifest")
            opened = archive.extractfile(first)
            manifest: Any = json.loads(opened.read(_MOST_MANIFEST)) if opened else None
            members = dict(manifest["files"])
            made = Backup(
                file, manifest["database"], str(manifest["revision"]), int(manifest["ledger"]["entries"]),
                str(manifest["ledger"]["head"]), str(manifest["made"]),
            )  # fmt: skip
            if manifest["format"] != FORMAT or not members.keys() <= _MEMBERS:
                raise _damaged(file, "it is of a format that this version does not read")
            while (member := archive.next()) is not None:
                wanted = members.pop(member.name, None)
                content = archive.extractfile(member) if wanted and member.isreg() else None
                if wanted is None or content is None or member.size != wanted["bytes"]:
                    raise _damaged(file, f"{printable(member.name, max_chars=60)} is not what its manifest says")
                if _unpacked(content, folder / member.name) != wanted["sha256"]:
                    raise _damaged(file, f"{member.name} is not what its manifest says")
    except (OSError, tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(file, str(error)) from error
    if members or not ({_SQLITE, _POSTGRESQL} & {path.name for path in folder.iterdir()}):
        raise _damaged(file, "it is cut short")
    if (folder / _SQLITE).exists():
        _require_sound(file, folder, made)
    return made


def _require_sound(file: Path, folder: Path, made: Backup) -> None:
    """Refuse a database that is none, or not the one of the manifest. Raises: `AskedWronglyError`."""
    try:
        with closing(sqlite3.connect(folder / _SQLITE)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.Error:
        sound = False
    if not sound:
        raise _damaged(file, "its database is damaged")
    if _head(folder / _SQLITE) != (made.entries, bytes.fromhex(made.head)):
        raise _damaged(file, "its ledger is not the one that its manifest names")


def _head(copy: Path) -> tuple[int, bytes]:
    """Return the size and root hash of the ledger in a database file that nobody else uses."""
    database = Database(f"sqlite:///{copy}")
    try:
        with database.reading() as tx:
            return showing.seen(tx)
    finally:
        database.close()


def _unpacked(content: IO[bytes], place: Path) -> str:
    digest = hashlib.sha256()
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := content.read(_PIECE):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _facts(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while piece := content.read(_PIECE):
            digest.update(piece)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def _sqlite_file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _copied(url: str, to: Path) -> None:
    try:
        with closing(sqlite3.connect(_sqlite_file(url))) as live, closing(sqlite3.connect(to)) as copy:
            live.backup(copy, pages=4096)
    except sqlite3.Error as error:
        raise CannotSayError(f"the database cannot be copied: {error}", hint="is there room on the disk?") from error


def _make_way(settings: Settings, target: Path | None, *, over: bool) -> None:
    """Put what is in the way aside; without `over` it is left, and nothing is done."""
    key = settings.ledger_key_file or settings.state / KEY_FILE
    there = [path for path in (target, key) if path is not None and path.exists()]
    if there and not over:
        raise ConflictError(
            f"{printable(str(there[0]))} is there",
            hint="--over keeps it beside the restored one, or name another --state",
        )
    suffix = f".before-{clock.now():%Y%m%dT%H%M%S}"
    memory = sorted(settings.state.glob("ledger-*.head"))  # of heads beyond the backup's
    for path in (*there, *memory):
        path.rename(path.with_name(path.name + suffix))
    for end in ("-wal", "-shm"):  # what SQLite has not taken into the file yet goes with it, under the file's new name
        if target and (path := target.with_name(target.name + end)).exists():
            path.rename(path.with_name(target.name + suffix + end))
    _flushed(settings.state)


def _moved(path: Path, place: Path) -> None:
    path.chmod(0o600)
    path.replace(place)
    _flushed(place.parent)


def _flushed(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_empty(database: Database) -> None:
    from sqlalchemy import inspect

    with database.reading() as tx:
        tables = inspect(tx).get_table_names()
    if tables:
        raise ConflictError(
            f"the database holds {len(tables)} tables already", hint="restore into an empty database: createdb NAME"
        )


def _dumped(url: str, to: Path) -> None:
    _native("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")


def _loaded(url: str, dump: Path) -> None:
    _native("pg_restore", url, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(dump))


def _native(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; a password goes by the environment, which no list of processes shows."""
    found = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if found is None:
        raise CannotSayError(f"{program} is not installed", hint="Debian: apt-get install postgresql-client")
    address = make_url(url)
    query = {name: str(value) for name, value in address.query.items()}
    host, port = address.host or query.get("host", ""), address.port or query.get("port", "")
    named = {"--host": host, "--port": str(port or ""), "--username": address.username or query.get("user", "")}
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10"}
    if address.password:
        environment["PGPASSWORD"] = str(address.password)
    for variable, name in (("PGSSLMODE", "sslmode"), ("PGSSLROOTCERT", "sslrootcert")):
        if name in query:
            environment[variable] = query[name]
    command = [found, *(f"{name}={value}" for name, value in named.items() if value), "--no-password"]
    done = subprocess.run(
        [*command, f"--dbname={address.database}", *arguments],
        env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        said = printable(
            done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it says nothing", max_chars=300
        )
        raise CannotSayError(f"{program}: {said}", hint="is it as new as the server, and may this user read it?")


def _damaged(file: Path, why: str) -> AskedWronglyError:
    return AskedWronglyError(
        f"{printable(str(file))} is no whole backup: {printable(why, max_chars=200)}", hint="name another backup"
    )
