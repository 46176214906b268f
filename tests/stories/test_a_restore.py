"""A server is lost and comes back from a backup: what was beyond it did not happen, and everything is rotated."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import databases
from tests.nodes import Node
from tests.stories.test_a_secret import newer, readable, refused
from tests.stories.vault_house import House, logs_in, target, until
from tests.vault.custodian.targets import Server

from wardline.vault.client import Client

pytestmark = pytest.mark.loopback


@pytest.fixture
def orders(postgresql_cluster: object) -> Iterator[Server]:
    with target() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, postgresql_cluster: databases.Cluster) -> Iterator[House]:
    name = postgresql_cluster.made() if request.param == "postgresql" else ""
    made = House(tmp_path, postgresql_cluster.dsn(name) if name else "")
    yield made
    made.close()
    if name:
        postgresql_cluster.drop(name)


def test_a_lost_server_comes_back_and_everything_is_rotated(
    house: House, orders: Server, postgresql_cluster: databases.Cluster
) -> None:
    house.ceremony()
    house.says("cleo", "vault", "trust", house.pin)
    keeper = house.start_custodian()
    address = f"postgresql:///orders?host={orders.socket}&port={orders.cluster.port}&owner=orders_owner"
    house.approved(
        house.says("cleo", "secret", "add", "db/orders", "--target", address, "--overlap", "1s", "--requester", "cleo")
    )
    grant = ("grant", "request", "db/orders", "--requester", "cleo", "--reader")
    house.approved(house.says("cleo", *grant, "workload:orders"))
    house.start_agent()
    client = Client(house.agent)
    first = dict(until(lambda: readable(client)))

    server, backup = house.folder / "server", house.folder / "vault.backup"
    where = ("--state", server, *(("--database", house.database) if house.database else ()))
    assert "entries of the ledger" in house.says("operator", "vault", "backup", backup, *where).out
    assert backup.stat().st_mode & 0o777 == 0o600
    assert "is there already" in house.says("operator", "vault", "backup", backup, *where, status=2).err

    house.says("ada", "secret", "rotate", "db/orders")
    second = dict(until(lambda: newer(client, first)))
    house.approved(house.says("cleo", *grant, "workload:billing"))  # a grant that the backup does not know
    until(lambda: house.status("db/orders")["grant_version"] == 3)

    house.node.end(signal.SIGKILL)
    assert "is there" in house.says("operator", "vault", "restore", backup, *where, status=2).err or house.database
    if house.database:
        house.database = postgresql_cluster.dsn(postgresql_cluster.made())  # the other one is lost
        where = ("--state", server, "--database", house.database)
        (server / "ledger.key").unlink()
    else:
        shutil.rmtree(server)
    assert "next: start the server" in house.says("operator", "vault", "restore", backup, *where).out
    house.node = Node(server, house.token, house.database, WARDLINE_PORT=house.node.url.rpartition(":")[2])
    assert house.status("db/orders")["grant_version"] == 2
    until(lambda: keeper.said("takes a new epoch: wardline vault epoch --restored"))
    assert readable(client) == second  # the agent goes on from what it keeps

    asked = house.says("cleo", "vault", "epoch", "--restored", "--why", "the server was lost")
    shown = house.says("ada", "grant", "approve", asked.out.splitlines()[-1].partition(":")[0], "--yes").out
    assert "entries: " in shown
    house.says("bob", "grant", "approve", asked.out.splitlines()[-1].partition(":")[0], "--yes")
    third = dict(until(lambda: newer(client, second)))
    assert logs_in(third) == "orders_owner"
    assert until(lambda: refused(first) and refused(second))
    assert house.status("db/orders")["epoch"] == 2
    house.says("ada", "ledger", "verify")
    house.says("ada", "secret", "rotate", "db/orders")
    assert logs_in(dict(until(lambda: newer(client, third)))) == "orders_owner"
