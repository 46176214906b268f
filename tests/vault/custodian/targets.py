"""A real PostgreSQL that asks for passwords, with a custodian who comes in as a peer over the Unix socket."""

import getpass
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from tests import databases

from wardline.vault.custodian.postgres import Target, target
from wardline.vault.custodian.rotator import Patience

# `wardline` is the cluster's superuser, and ours alone: over the socket, by trust.
_HBA = """\
local all wardline trust
local all custodian peer map=custodians
host all wardline 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""
QUICK = Patience(connect=timedelta(seconds=5), answer=timedelta(seconds=10), lock=timedelta(seconds=1.5))


class Server:
    """A cluster, and secrets' targets on it: `server.target("orders")` makes owner, roles' names and a table."""

    def __init__(self, cluster: databases.Cluster) -> None:
        self.cluster = cluster
        self.socket = str(cluster.folder)
        for name, text in (("pg_hba.conf", _HBA), ("pg_ident.conf", f"custodians {getpass.getuser()} custodian\n")):
            (cluster.folder / "data" / name).write_text(text)
        self.sql(
            "ALTER SYSTEM SET log_statement = 'all'",
            "ALTER SYSTEM SET log_connections = on",
            "ALTER SYSTEM SET log_min_error_statement = 'debug5'",
            "ALTER SYSTEM SET log_parameter_max_length = -1",
            "SELECT pg_reload_conf()",
            "CREATE ROLE custodian LOGIN CREATEROLE",
            "GRANT pg_signal_backend, pg_read_all_stats TO custodian",
        )

    def sql(self, *statements: str, database: str = "postgres") -> None:
        with self.root(database) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def root(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=self.socket, port=self.cluster.port, user="wardline", dbname=database, autocommit=True
        )

    def target(self, name: str, *, probe: str = "SELECT 1") -> Target:
        """A secret whose objects `<name>_owner` owns, reached over loopback; the custodian comes over the socket."""
        owner = Identifier(f"{name}_owner")
        with self.root() as connection:
            if int(connection.info.server_version) >= 160000:
                grant = SQL("GRANT {} TO custodian WITH ADMIN OPTION").format(owner)
            else:
                grant = SQL("SELECT 1")
            for statement in ("DROP OWNED BY {}", "DROP ROLE {}"):
                if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (f"{name}_owner",)).fetchone():
                    connection.execute(SQL(statement).format(owner))
            for slot in ("blue", "green"):
                connection.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(f"{name}_{slot}")))
            connection.execute(SQL("CREATE ROLE {} NOLOGIN").format(owner))
            connection.execute(grant)
            connection.execute(SQL("GRANT CREATE, USAGE ON SCHEMA public TO {}").format(owner))
        address = f"postgresql://127.0.0.1:{self.cluster.port}/postgres"
        return target(f"db/{name}", address, f"{name}_owner", way_in=self.way_in(), name=name, probe=probe)

    def way_in(self) -> str:
        return f"postgresql:///postgres?host={self.socket}&port={self.cluster.port}&user=custodian"

    def log(self) -> str:
        return (self.cluster.folder / "log").read_text(errors="replace")

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        self.cluster.stop(how)
        self.cluster.start()


@contextmanager
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="wardline-pg-", dir="/tmp"))
    cluster = databases.Cluster(folder)
    try:
        yield Server(cluster)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
