"""A secret's life through the command line and real processes: from the ceremony to a revoked workload."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests import databases
from tests.stories.vault_house import House, logs_in, target, until
from tests.vault.custodian.targets import Server

from wardline.vault.client import Client, ClientError

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def orders(postgresql_cluster: object) -> Iterator[Server]:
    """The target: a PostgreSQL of its own (the other one only says whether there is any)."""
    with target() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, postgresql_cluster: databases.Cluster) -> Iterator[House]:
    """A vault's server over an empty database: once on SQLite, once on PostgreSQL."""
    name = postgresql_cluster.made() if request.param == "postgresql" else ""
    made = House(tmp_path, postgresql_cluster.dsn(name) if name else "")
    yield made
    made.close()
    if name:
        postgresql_cluster.drop(name)


def refused(secret: dict[str, str]) -> bool:
    try:
        psycopg.connect(secret["dsn"]).close()
    except psycopg.OperationalError:
        return True
    return False


def test_a_database_password_is_minted_read_in_four_ways_rotated_and_taken_away(
    house: House, orders: Server, tmp_path: Path
) -> None:
    orders.sql(*(f"DROP ROLE IF EXISTS orders_owner_{slot}" for slot in ("blue", "green")))
    house.ceremony()
    house.start_custodian()
    address = f"postgresql:///orders?host={orders.socket}&port={orders.cluster.port}&owner=orders_owner"
    terms = ("--target", address, "--overlap", "5s", "--requester", "cleo")
    house.approved(house.says("cleo", "secret", "add", "db/orders", *terms))
    until(lambda: house.status("db/orders")["number"])
    assert house.status("db/orders")["origin"] == "minted"

    rendered = Path("/dev/shm") / f"{house.agent_folder.name}.conf"
    (tmp_path / "orders.tpl").write_text("user = {{ db/orders#username }}\npassword = {{ db/orders#password }}\n")
    house.approved(
        house.says("cleo", "grant", "request", "db/orders", "--reader", "workload:orders", "--requester", "cleo")
    )
    house.start_agent("--template", tmp_path / "orders.tpl", rendered)
    client = Client(house.agent)
    first = dict(until(lambda: readable(client)))
    assert logs_in(first) == "orders_owner"
    assert until(rendered.exists)
    assert f"password = {first['password']}" in rendered.read_text()
    ran = house.says(
        "operator", "run", "--agent", house.agent, "--env", "DSN=db/orders#dsn", "--", "sh", "-c", 'echo "$DSN"'
    )
    assert ran.out.strip() == first["dsn"]

    asked = time.monotonic()
    house.says("ada", "secret", "rotate", "db/orders")
    second = dict(until(lambda: newer(client, first)))
    assert time.monotonic() - asked < 20
    assert logs_in(second) == logs_in(first) == "orders_owner"  # two credentials overlap
    assert until(lambda: f"password = {second['password']}" in rendered.read_text())

    door = ("--custodian", house.folder / "keeper" / "custodian.sock")
    assert house.says("operator", "secret", "test", "db/orders", *door).out.startswith("yes: version")
    orders.sql(f"ALTER ROLE {second['username']} NOLOGIN")
    assert house.says("operator", "secret", "test", "db/orders", *door, status=1).out.startswith("no: ")
    orders.sql(f"ALTER ROLE {second['username']} LOGIN")

    # While the first version still waits to be retired: room is made by itself, and then the new epoch's comes.
    house.approved(house.says("cleo", "vault", "epoch", "--why", "a number was poisoned"))
    third = dict(until(lambda: newer(client, second)))
    assert house.status("db/orders")["epoch"] == 2
    assert logs_in(third) == "orders_owner"
    assert logs_in(second) == "orders_owner"

    session = psycopg.connect(second["dsn"], autocommit=True)
    session.execute("SELECT 1")
    house.says("ada", "grant", "revoke", "db/orders", "--reader", "workload:orders", "--why", "it was sold")
    assert until(lambda: refused(second) and refused(third))
    assert until(lambda: ended(session))
    assert until(lambda: readable(client) is None)
    assert until(lambda: not rendered.exists())
    assert house.status("db/orders")["number"] >= 2


def test_hvac_reads_what_a_person_brought(house: House) -> None:
    hvac = pytest.importorskip("hvac", reason="hvac is not installed")
    house.ceremony()
    house.start_custodian()
    house.approved(house.says("cleo", "secret", "add", "stripe/key", "--requester", "cleo"))
    house.approved(
        house.says("cleo", "grant", "request", "stripe/key", "--reader", "workload:orders", "--requester", "cleo")
    )
    agent = house.start_agent("--listen", "127.0.0.1:0")
    house.says("ada", "secret", "import", "stripe/key", standard_input="brought-by-ada\n")
    address = next(word for word in agent.said("ready").split() if word.startswith("http"))
    vault = hvac.Client(url=address, token=(house.agent_folder / "token").read_text())

    def read() -> dict[str, str] | None:
        try:
            found = vault.secrets.kv.v2.read_secret_version("stripe/key", raise_on_deleted_version=True)
        except hvac.exceptions.VaultError:
            return None
        return dict(found["data"]["data"])

    assert until(read) == {"value": "brought-by-ada"}
    assert house.status("stripe/key")["origin"] == "imported"
    said = house.says(
        "ada", "grant", "revoke", "stripe/key", "--reader", "workload:orders", "--why", "it was sold", status=1
    )
    assert "replace it" in said.err


def readable(client: Client) -> dict[str, str] | None:
    try:
        return dict(client.get("db/orders"))
    except ClientError:
        return None


def newer(client: Client, first: dict[str, str]) -> dict[str, str] | None:
    found = readable(client)
    return found if found and found["password"] != first["password"] else None


def ended(session: psycopg.Connection) -> bool:
    try:
        session.execute("SELECT 1")
    except psycopg.Error:
        return True
    return False


def test_a_file_says_who_reads_what_and_people_sign_all_of_it_at_once(house: House, tmp_path: Path) -> None:
    house.ceremony()
    for path in ("db/orders", "db/shop", "stripe/key"):
        house.approved(house.says("cleo", "secret", "add", path, "--requester", "cleo"))
    file = tmp_path / "grants.yaml"
    file.write_text("grants:\n- prefix: db/\n  readers: [{name: 'workload:backup'}]\n")
    asked = house.says("cleo", "grant", "apply", file, "--requester", "cleo").out
    assert asked.count("to be approved by 2") == 2
    assert "stripe/key" not in asked
    assert house.says("cleo", "grant", "apply", file, "--requester", "cleo").out.count("waits for signatures") == 2
    for name in ("ada", "bob"):
        assert house.says(name, "grant", "approve", "--all", "--yes").out.count("+ readers: workload:backup") == 2
    assert [house.status(path)["readers"] for path in ("db/orders", "db/shop", "stripe/key")] == [
        ["workload:backup"],
        ["workload:backup"],
        [],
    ]
    assert house.says("cleo", "grant", "apply", file, "--requester", "cleo").out == ""
    assert "nothing waits" in house.says("ada", "grant", "approve", "--all").out
