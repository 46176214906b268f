"""People and custodians of a vault come and leave: what they approved holds on, what they knew is worth nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.stories.test_a_secret import newer, readable, refused
from tests.stories.vault_house import House, logs_in, target, until
from tests.vault.custodian.targets import Server

from wardline.vault.client import Client

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def orders(postgresql_cluster: object) -> Iterator[Server]:
    with target() as made:
        yield made


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


def amended(house: House, *words: str, by: tuple[str, ...]) -> str:
    """Have cleo ask for the next root, and these people approve it; return what the last of them was shown."""
    said = house.says("cleo", "vault", "amend", *words)
    (proposal,) = re.findall(r"prp-[0-9a-z]{26}", said.out.splitlines()[-1].partition(":")[0])
    shown = ""
    for name in by:
        shown = house.says(name, "grant", "approve", proposal, "--yes").out
    assert house.node.get(f"vault/proposals/{proposal}").json()["state"] == "done"
    return shown


def test_what_was_approved_holds_on_and_what_was_known_is_worth_nothing(house: House, orders: Server) -> None:
    house.ceremony()
    house.says("cleo", "vault", "trust", house.pin)
    house.start_custodian()
    address = f"postgresql:///orders?host={orders.socket}&port={orders.cluster.port}&owner=orders_owner"
    terms = ("--target", address, "--overlap", "5s", "--requester", "cleo")
    house.approved(house.says("cleo", "secret", "add", "db/orders", *terms))
    house.approved(house.says("cleo", "secret", "add", "stripe/key", "--requester", "cleo"))
    for path in ("db/orders", "stripe/key"):
        house.approved(
            house.says("cleo", "grant", "request", path, "--reader", "workload:orders", "--requester", "cleo")
        )
    house.says("ada", "secret", "import", "stripe/key", standard_input="brought-by-ada\n")
    house.start_agent()
    client = Client(house.agent)
    held = dict(until(lambda: readable(client)))
    assert logs_in(held) == "orders_owner"

    # Another custodian comes, an approver leaves, whose signature every grant needs, and another takes the place.
    keeper = ("custodian", "--name", "keeper-2", "--state", house.folder / "keeper-2")
    line = house.says("operator", *keeper, "--public").out.strip()
    dan = house.says("dan", "vault", "key", "dan", "--unprotected").out.strip()
    shown = amended(
        house, "--approver", dan, "--without-approver", "bob", "--custodian", f"eu={line}", by=("ada", "cleo")
    )
    assert "- approver: bob:" in shown
    assert "+ approver: dan:" in shown
    assert shown.count("+ upholds grant") == 2
    assert "+ upholds the join of workload orders" in shown
    second = house._started(*keeper, "--zone", "eu", "--server", house.node.url, "--root", house.pin)
    door = ("--custodian", house.folder / "keeper-2" / "custodian.sock")
    until(lambda: _answers(house, "secret", "test", "db/orders", *door) == 0)

    # The first custodian leaves: what it minted is refused, what it sealed is sealed by the other.
    amended(house, "--without-custodian", "keeper-1", by=("ada", "cleo"))
    fresh = dict(until(lambda: newer(client, held)))
    assert logs_in(fresh) == "orders_owner"
    assert until(lambda: refused(held))
    until(lambda: house.node.get("vault/versions?path=stripe/key").json()["rows"][0]["custodian"] == "keeper-2")
    assert dict(client.get("stripe/key")) == {"value": "brought-by-ada"}
    assert second.process.poll() is None

    # Who came decides, who left does not.
    house.says("dan", "vault", "trust", house.pin)
    asked = house.says("cleo", "secret", "add", "new/one", "--requester", "cleo")
    proposal = asked.out.partition(":")[0]
    assert "none of the root's approvers" in house.says("bob", "grant", "approve", proposal, "--yes", status=2).err
    for name in ("ada", "dan"):
        house.says(name, "grant", "approve", proposal, "--yes")
    assert house.status("new/one")["approvers"] == ["ada", "dan"]
    house.says("ada", "ledger", "verify")


def _answers(house: House, *words: Any) -> int:
    import subprocess

    from tests.nodes import COMMAND

    return subprocess.run(
        [COMMAND, *map(str, words)], env=house.environment("operator"), capture_output=True, timeout=60, check=False
    ).returncode
