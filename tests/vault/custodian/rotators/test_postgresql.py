import time
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from tests.vault.custodian.rotators.contract import Bench, Contract
from tests.vault.custodian.targets import QUICK, Server

from wardline.vault.custodian.postgres import Target
from wardline.vault.custodian.rotator import Version
from wardline.vault.custodian.rotators.postgresql import PostgreSQL

pytestmark = pytest.mark.loopback


class Real(Bench):
    def __init__(self, server: Server, target: Target) -> None:
        self.server = server
        self.target = target
        self.rotator = PostgreSQL(target, patience=QUICK)
        self.other = PostgreSQL(target, patience=QUICK)
        self.began = len(server.log())
        self.sessions: list[psycopg.Connection] = []

    def log_in(self, version: Version) -> bool:
        try:
            psycopg.connect(version.fields["dsn"], require_auth="scram-sha-256").close()
        except psycopg.OperationalError:
            return False
        return True

    def open(self, version: Version, *, busy: bool) -> psycopg.Connection:
        connection = psycopg.connect(version.fields["dsn"], autocommit=not busy)
        connection.execute("SELECT 1")
        self.sessions.append(connection)
        return connection

    def alive(self, session: object) -> bool:
        assert isinstance(session, psycopg.Connection)
        deadline = time.monotonic() + 0.2  # a signal is on its way for some milliseconds
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                session.execute("SELECT 1")
                time.sleep(0.02)
                continue
            return False
        return True

    def lose(self, version: Version) -> None:
        self.server.sql(f"ALTER ROLE {version.fields['username']} PASSWORD NULL")

    def log(self) -> str:
        return self.server.log()[self.began :]


@pytest.fixture
def bench(server: Server):
    real = Real(server, server.target(f"t{uuid4().hex[:8]}"))
    yield real
    real.rotator.close()
    real.other.close()
    for session in real.sessions:
        session.close()


class TestPostgreSQL(Contract):
    pass
