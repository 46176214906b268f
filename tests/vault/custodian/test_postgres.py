"""Ways into a server: what an address may say, and TLS off loopback."""

from dataclasses import replace

import pytest
from tests.vault.custodian.world import GRANT

from wardline.vault.custodian.postgres import granted, target
from wardline.vault.custodian.rotator import Endpoint, UnsafeTargetError
from wardline.vault.protocol.model.grant import Endpoint as Granted
from wardline.vault.protocol.model.grant import Setting


def test_an_address_names_endpoints_database_and_the_custodians_role() -> None:
    made = target("db/orders", "postgresql://keeper@127.0.0.1:5433,[::1]/orders", "orders_owner", name="orders")
    assert made.endpoints == (Endpoint("127.0.0.1", 5433), Endpoint("::1", 5432))
    assert (made.database, made.admin, made.slots) == ("orders", "keeper", ("orders_blue", "orders_green"))


WORD = "made-up"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://keeper:{WORD}@127.0.0.1/orders",
        "postgresql://keeper@127.0.0.1/orders?password=made-up",
        "host=127.0.0.1 user=keeper dbname=orders passfile=/somewhere",
        "service=orders",
        "postgresql://keeper@127.0.0.1/orders?options=-crole%3Dadmin",
        "postgresql://keeper@127.0.0.1/orders?sslmode=disable&sslkey=/x",
        "postgresql://keeper@db.example/orders",
        "postgresql://keeper@127.0.0.1,db.example/orders",
        "postgresql://keeper@127.0.0.1:1,127.0.0.1:2,127.0.0.1/orders?port=1,2",
        "postgresql://127.0.0.1/orders",
        "postgresql://keeper@127.0.0.1",
        "postgresql://keeper@127.0.0.1:99999/orders",
        "postgresql://keeper@/orders",
        f"postgresql://keeper:{WORD}@127.0.0.1/orders?nonsense",
        "",
    ],
)
def test_an_address_that_holds_a_password_or_is_unsafe_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(UnsafeTargetError) as refused:
        target("db/orders", address, "orders_owner")
    assert "made-up" not in f"{refused.value} {refused.value.hint} {refused.value.__cause__}"


def test_names_of_roles_fit() -> None:
    with pytest.raises(UnsafeTargetError, match="too long"):
        target("db/orders", "postgresql://keeper@127.0.0.1/orders", "o" * 60)


def test_a_grant_names_the_target_and_the_custodian_its_own_way_in() -> None:
    settings = (Setting("database", "orders"), Setting("owner", "orders_owner"), Setting("probe", "TABLE ok"))
    grant = replace(GRANT, settings=settings, targets=(Granted("db.example", 0, "a certificate"),))
    made = granted(grant, "postgresql:///orders?host=/run/postgresql&user=keeper", lambda pem: f"/ca/{len(pem)}")
    assert made.endpoints == (Endpoint("db.example", 5432, "/ca/13"),)
    assert made.ways_in == (Endpoint("/run/postgresql"),)
    assert (made.admin, made.owner, made.probe) == ("keeper", "orders_owner", "TABLE ok")
    with pytest.raises(UnsafeTargetError, match="another database"):
        granted(grant, "postgresql:///other?host=/run/postgresql&user=keeper", str)
    unpinned = replace(grant, targets=(Granted("db.example", 0, ""),))
    with pytest.raises(UnsafeTargetError, match="no CA is pinned"):
        granted(unpinned, "", str)
