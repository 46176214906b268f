import pytest
from tests.identities import World

from wardline.catalog.sources.tree import read
from wardline.kernel.errors import NotFoundError

OWNERS = b"""\
*           @shop/payments
/docs/      ada@shop.example @shop/search
/strange/   @nobody @shop/nobody
/mixed/     @nobody @shop/search
/boss/      @bob
/none/
"""


@pytest.fixture
def orders(platform: World) -> str:
    for slug in ("payments", "search"):
        platform.catalog.put_team(platform.admin, slug)
    return platform.catalog.import_tree(platform.admin, "orders", read({"CODEOWNERS": OWNERS})).id


def test_a_file_has_the_owner_that_its_last_matching_line_names(platform: World, orders: str) -> None:
    payments, search = (platform.catalog.team(platform.admin, slug).id for slug in ("payments", "search"))
    ada = platform.person(email="Ada@shop.example")
    platform.catalog.put_member(platform.admin, "payments", ada.id)
    with platform.database.transaction() as tx:
        bob = platform.identity.create_in(tx, platform.admin, "Bob", user_name="Bob")
    platform.catalog.put_member(platform.admin, "search", bob.id)
    with platform.database.reading() as tx:
        assert platform.catalog.owner_of(tx, orders, None) == (payments, None)
        assert platform.catalog.owner_of(tx, orders, "src/a.py") == (payments, None)
        assert platform.catalog.owner_of(tx, orders, "docs/a.md") == (payments, ada.id)
        assert platform.catalog.owner_of(tx, orders, "strange/a") == (payments, None)
        assert platform.catalog.owner_of(tx, orders, "mixed/a") == (search, None)
        assert platform.catalog.owner_of(tx, orders, "boss/a") == (search, bob.id)
        assert platform.catalog.owner_of(tx, orders, "none/a") == (payments, None)
        ask = platform.catalog.owners_in(tx, orders)
        assert [ask(path) for path in ("docs/a.md", None, "docs/a.md")] == [
            (payments, ada.id),
            (payments, None),
            (payments, ada.id),
        ]


def test_who_has_left_owns_nothing_any_more(platform: World, orders: str) -> None:
    ada = platform.person(email="ada@shop.example")
    with platform.database.reading() as tx:
        assert platform.catalog.owner_of(tx, orders, "docs/a.md")[1] == ada.id
    platform.identity.deactivate(platform.admin, ada.id)
    with platform.database.reading() as tx:
        assert platform.catalog.owner_of(tx, orders, "docs/a.md") == (
            platform.catalog.team(platform.admin, "search").id,
            None,
        )


def test_a_service_without_the_file_is_its_teams(platform: World, orders: str) -> None:
    platform.catalog.import_tree(platform.admin, "orders", read({}))
    with platform.database.reading() as tx:
        team, account = platform.catalog.owner_of(tx, orders, "docs/a.md")
    assert (platform.catalog.team(platform.admin, team).slug, account) == ("unowned", None)


def test_names_stand_beside_ids(platform: World, orders: str) -> None:
    payments = platform.catalog.team(platform.admin, "payments")
    with platform.database.reading() as tx:
        named = platform.catalog.names(tx, [payments.id, platform.admin.id, "platform", "acc-unknown"])
        found = platform.catalog.find(tx, "orders")
        assert platform.catalog.services_named(tx, [orders]) == {orders: found}
        with pytest.raises(NotFoundError):
            platform.catalog.owner_of(tx, "svc-x")
    assert named == {
        payments.id: "payments",
        platform.admin.id: "First administrator",
        "platform": "Wardline",
    }
