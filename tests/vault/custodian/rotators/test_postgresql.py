import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.vault.custodian.rotators.contract import Bench, Fenced
from tests.vault.custodian.targets import QUICK, Server

from wardline.vault.custodian import postgres
from wardline.vault.custodian.fences import ForeignFenceError
from wardline.vault.custodian.postgres import Target
from wardline.vault.custodian.rotator import Endpoint, RefusedByTargetError, TargetError, Version
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


class TestPostgreSQL(Fenced):
    pass


@pytest.fixture
def rotated(bench: Real) -> Version:
    return bench.rotate(1)


def session(version: Version, **settings: str) -> psycopg.Connection:
    return psycopg.connect(version.fields["dsn"], autocommit=True, **settings)


def test_objects_belong_to_the_owner_also_after_a_session_was_cleaned(bench: Real, rotated: Version) -> None:
    with session(rotated) as connection:
        connection.execute("CREATE TABLE made (n int)")
        connection.execute("DISCARD ALL")
        connection.execute("CREATE TABLE made_after (n int)")
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE tablename LIKE 'made%'").fetchall()
        connection.execute("DROP TABLE made, made_after")
    assert owners == [(bench.target.owner,)]


def test_both_roles_have_the_owners_settings_and_follow_their_changes(bench: Real, server: Server) -> None:
    owner = bench.target.owner
    server.sql(
        f"ALTER ROLE {owner} SET search_path TO \"$user\", 'odd, schema', public",
        f"ALTER ROLE {owner} SET statement_timeout TO '77s'",
        f"ALTER ROLE {owner} IN DATABASE postgres SET application_name TO 'it''s ours'",
    )
    for number in (1, 2):
        version = bench.rotate(number)
        with session(version) as connection:
            shown = [
                connection.execute(f"SHOW {name}".encode()).fetchone()
                for name in ("search_path", "statement_timeout", "application_name")
            ]
        assert shown == [('"$user", "odd, schema", public',), ("77s",), ("it's ours",)]
    server.sql(f"ALTER ROLE {owner} RESET ALL", f"ALTER ROLE {owner} IN DATABASE postgres RESET ALL")
    with session(bench.rotate(3)) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_only_the_verifier_of_a_password_reaches_the_server(bench: Real, rotated: Version) -> None:
    assert "SCRAM-SHA-256$4096:" in bench.log()  # the log holds what was sent: this is the positive control
    assert rotated.fields["password"] not in bench.log()
    kept = (bench.server.cluster.folder / "data").rglob("*")
    password = rotated.fields["password"].encode()
    assert not any(password in file.read_bytes() for file in kept if file.is_file())


def test_a_server_that_asks_for_no_password_is_no_proof(server: Server, bench: Real) -> None:
    hba = server.cluster.folder / "data" / "pg_hba.conf"
    before = hba.read_text()
    version = bench.rotate(1)
    try:
        hba.write_text(before.replace("scram-sha-256", "trust"))
        server.sql("SELECT pg_reload_conf()")
        time.sleep(0.2)
        with pytest.raises(RefusedByTargetError):
            bench.rotator.verify(version)
        hba.write_text(before.replace("scram-sha-256", "password"))  # in the clear, over the wire
        server.sql("SELECT pg_reload_conf()")
        time.sleep(0.2)
        with pytest.raises(RefusedByTargetError):
            bench.rotator.verify(version)
    finally:
        hba.write_text(before)
        server.sql("SELECT pg_reload_conf()")
        time.sleep(0.2)
    bench.rotator.verify(version)


def test_what_the_custodian_lacks_is_said_with_the_statement_that_gives_it(bench: Real, server: Server) -> None:
    server.sql("ALTER ROLE custodian NOCREATEROLE", "REVOKE pg_signal_backend, pg_read_all_stats FROM custodian")
    try:
        lacking = bench.rotator.missing()
        with pytest.raises(RefusedByTargetError, match="denies"):
            bench.rotate(1)
        server.sql(*lacking)
        assert bench.rotator.missing() == ()
        bench.rotate(1)
    finally:
        server.sql("ALTER ROLE custodian CREATEROLE", "GRANT pg_signal_backend, pg_read_all_stats TO custodian")
    assert lacking == (
        'ALTER ROLE "custodian" CREATEROLE',
        'GRANT pg_signal_backend TO "custodian"',
        'GRANT pg_read_all_stats TO "custodian"',
    )


def test_a_role_that_was_there_before_is_never_touched(bench: Real, server: Server) -> None:
    for comment in ("NULL", "'of the billing team'"):
        server.sql(
            f"CREATE ROLE {bench.target.slots[0]} LOGIN", f"COMMENT ON ROLE {bench.target.slots[0]} IS {comment}"
        )
        with pytest.raises(ForeignFenceError):
            bench.create(1)
        server.sql(f"DROP ROLE {bench.target.slots[0]}")


def test_two_secrets_do_not_share_roles(bench: Real, rotated: Version) -> None:
    other = PostgreSQL(replace(bench.target, path="db/another"), patience=QUICK)
    with pytest.raises(ForeignFenceError, match="another secret"):
        other.create(2, "made-up")
    other.close()


def test_a_probe_that_fails_is_no_verification(bench: Real, rotated: Version) -> None:
    probing = PostgreSQL(replace(bench.target, probe="SELECT 1 FROM no_such_table"), patience=QUICK)
    with pytest.raises(TargetError, match="no_such_table"):
        probing.verify(rotated)
    writing = PostgreSQL(replace(bench.target, probe="CREATE TABLE t (n int)"), patience=QUICK)
    with pytest.raises(TargetError, match="read-only"):
        writing.verify(rotated)


def test_a_server_that_is_away_is_told_from_one_that_refuses(bench: Real, rotated: Version) -> None:
    nowhere = Endpoint("127.0.0.1", 1)
    away = PostgreSQL(replace(bench.target, endpoints=(nowhere,), ways_in=(nowhere,)), patience=QUICK)
    with pytest.raises(TargetError, match="does not answer"):
        away.verify(rotated)
    with pytest.raises(TargetError, match="lets the custodian in"):
        away.standing()


def test_after_a_crash_the_first_connection_works_and_the_rotation_goes_on(bench: Real, server: Server) -> None:
    first = bench.rotate(1)
    second = bench.create(2)
    bench.rotator.apply(second)
    server.restart(signal.SIGQUIT)
    assert bench.log_in(first)
    assert bench.log_in(second)
    bench.rotator.publish(second)
    bench.rotator.refuse(1)
    assert not bench.log_in(first)


def test_a_custodian_that_stops_in_a_transaction_loses_the_lock_to_the_server(bench: Real) -> None:
    first = bench.rotate(1)
    rotator = bench.rotator
    assert isinstance(rotator, PostgreSQL)

    def stop_in_the_middle() -> None:
        with rotator._fenced() as (connection, _):
            bench.other.publish(first)  # waits, and goes on once the server has ended the transaction
            connection.execute("SELECT 1")

    with pytest.raises(TargetError):
        stop_in_the_middle()


def test_a_role_that_was_dropped_is_made_again_by_a_sweep(bench: Real, server: Server, rotated: Version) -> None:
    server.sql(f"DROP ROLE {rotated.fields['username']}")
    assert bench.rotator.sweep([rotated]) == ("version 1 was set again",)
    assert bench.log_in(rotated)


def test_a_server_that_came_back_from_a_backup_gets_the_version_that_readers_hold(bench: Real, server: Server) -> None:
    old = bench.rotate(1)
    comment = server.root().execute(
        "SELECT shobj_description(oid, 'pg_authid'), rolpassword FROM pg_authid WHERE rolname = %s",
        (old.fields["username"],),
    )
    with comment.connection as connection:
        fence, verifier = comment.fetchone()
    bench.rotate(2)
    newest = bench.rotate(3)
    blue, green = bench.target.slots
    server.sql(
        f"DROP ROLE {green}", f"ALTER ROLE {blue} LOGIN PASSWORD '{verifier}'", f"COMMENT ON ROLE {blue} IS '{fence}'"
    )
    connection.close()
    assert bench.log_in(old)
    assert "version 3 was set again" in bench.rotator.sweep([newest])
    assert bench.log_in(newest)
    assert not bench.log_in(old)


@pytest.fixture
def authority(tmp_path: Path) -> Callable[[Path | None], Path]:
    """Make an authority; with a folder, also a certificate for 127.0.0.1 there."""

    def made(folder: Path | None) -> Path:
        file = tmp_path / f"{uuid4().hex}.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
        now = datetime.now(UTC)
        building = x509.CertificateBuilder().issuer_name(name).subject_name(name).serial_number(7)
        building = building.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        building = building.public_key(key.public_key()).add_extension(address, critical=False)
        building = building.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        signed = building.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        file.write_bytes(signed)
        if folder:
            form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            for target, content in (("server.crt", signed), ("server.key", key.private_bytes(*form))):
                (folder / target).write_bytes(content)
                os.chown(folder / target, folder.stat().st_uid, folder.stat().st_gid)
                (folder / target).chmod(0o600)
        return file

    return made


def test_off_loopback_a_login_takes_tls_and_the_pinned_authority(
    bench: Real, server: Server, authority: Callable[[Path | None], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = bench.rotate(1)
    pinned, stranger = authority(server.cluster.folder / "data"), authority(None)
    monkeypatch.setattr(postgres, "_LOOPBACK", ("nowhere",))  # so that this machine is taken for another one

    def verify(ca: Path) -> None:
        endpoint = replace(bench.target.endpoints[0], ca=str(ca))
        PostgreSQL(replace(bench.target, endpoints=(endpoint,)), patience=QUICK).verify(version)

    with pytest.raises(TargetError, match="SSL"):
        verify(pinned)  # the server has no TLS yet, and nothing goes out in the clear
    server.sql("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()")
    time.sleep(0.3)
    try:
        verify(pinned)
        with pytest.raises(TargetError, match="certificate") as refused:
            verify(stranger)
        assert "request a grant with the one that did" in refused.value.hint
    finally:
        server.sql("ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()")
