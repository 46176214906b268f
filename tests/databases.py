"""Databases for tests: SQLite in a folder, and a real PostgreSQL of the tests' own, on loopback, run by a made user.

    def test_something(database: Database) -> None: ...   # runs twice, once on each

PostgreSQL refuses to run as root: then a user `wardline-tests` is made and owns the cluster. Where the server's
programs are missing, the PostgreSQL half is skipped, saying so.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg

USER = "wardline-tests"


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    """A PostgreSQL server with its own folder and port; `stop` ends it by its process id."""

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self.folder = folder
        self.fsync = "on" if fsync else "off"
        self.port = _free_port()
        found = programs()
        assert found is not None
        self.bin = found
        self._user: dict[str, int | list[int]] = {}
        if os.geteuid() == 0:
            account = _account()
            self._user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            for parent in [folder, *folder.parents][:4]:
                if parent not in {Path("/tmp"), Path("/")}:
                    parent.chmod(parent.stat().st_mode | 0o011)
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._run(
            "initdb", "-D", folder / "data", "-U", "wardline", "--auth=trust", "--no-sync", "--no-locale", "-EUTF8"
        )
        self.server = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and return once it answers."""
        options = [
            f"-p{self.port}", "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={self.folder}",
            f"-cfsync={self.fsync}", "-cmax_connections=100", "-cshared_buffers=32MB",
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(
                [self.bin / "postgres", "-D", self.folder / "data", *options],
                stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **self._user,
            )  # fmt: skip
        for _ in range(200):
            try:
                psycopg.connect(self.dsn("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return self.server
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def dsn(self, name: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://wardline@127.0.0.1:{self.port}/{name}"

    def made(self, template: str = "template1") -> str:
        """Make a database, a copy of `template`, and return its name."""
        name = f"t{uuid4().hex}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT disconnects everybody (fast shutdown), SIGQUIT as a crash does."""
        if self.server.poll() is None:
            self.server.send_signal(how)
            self.server.wait(30)

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self.bin / program, *arguments], cwd=self.folder, capture_output=True, text=True, check=False, **self._user
        )
        assert done.returncode == 0, done.stderr


def cluster(folder: Path, *, fsync: bool = False) -> Iterator[Cluster]:
    """Give a cluster for the time of a fixture. Without `fsync` it is quick, and a power cut would lose what it has."""
    folder.mkdir(exist_ok=True)
    made = Cluster(folder, fsync=fsync)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER]
        subprocess.run(command, check=False, capture_output=True)  # another worker may have been quicker
        return pwd.getpwnam(USER)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
