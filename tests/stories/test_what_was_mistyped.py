"""What people mistype at the vault's commands: each is told what is wrong and the way out, and nothing is done."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.stories.vault_house import House

pytestmark = pytest.mark.loopback

ADD = ("secret", "add", "stripe/key", "--requester", "cleo")
REQUEST = ("grant", "request", "stripe/key", "--reader", "workload:orders", "--requester", "cleo")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


def test_it_is_told_the_way_out_and_nothing_is_done(house: House) -> None:
    house.ceremony()

    def refused(*words: str, person: str = "ada", standard_input: str = "") -> str:
        return house.says(person, *words, standard_input=standard_input, status=2).err

    assert "there is no secret stripe/key" in refused("secret", "import", "stripe/key", standard_input="x")
    asked = house.says("cleo", *ADD)
    proposal = asked.out.partition(":")[0]
    waits = refused("secret", "import", "stripe/key", standard_input="x")
    assert re.search(rf"first grant waits for signatures\n +wardline grant approve {proposal}", waits)
    assert f"wardline grant approve {proposal}" in refused(*REQUEST)
    assert "nobody answered" in refused("grant", "approve", proposal)
    assert house.node.get(f"vault/proposals/{proposal}").json()["signed_by"] == []
    unknown = refused("grant", "approve", "prp-mistyped", "--yes")
    assert "that is the id of no proposal" in unknown
    assert "grant list" in unknown

    house.approved(asked)
    house.approved(house.says("cleo", *REQUEST))
    assert "already" in house.says("cleo", *REQUEST).out
    assert house.node.get("vault/proposals?state=open").json()["rows"] == []
    house.approved(house.says("cleo", "grant", "renew", "stripe/key", "--requester", "cleo"))
    assert house.status("stripe/key")["grant_version"] == 3
    assert "which grants?" in refused("grant", "renew", "--requester", "cleo", person="cleo")
    nobody = refused("grant", "revoke", "stripe/key", "--reader", "workload:ordres", "--why", "it was sold")
    assert "workload:ordres has nothing of stripe/key" in nobody
    assert "workload:orders" in nobody
    assert house.node.get("vault/grant?path=stripe/key").status_code == 200
