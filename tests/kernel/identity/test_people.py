from tests.conftest import Clock
from tests.identities import World

from wardline.kernel.identity import people


def test_people_are_found_by_address_and_user_name_without_regard_to_case(platform: World) -> None:
    with platform.database.transaction() as tx:
        ada = platform.identity.create_in(tx, platform.admin, "Ada", email="Ada@shop.example", user_name="ALovelace")
        assert people.find(tx, email="ada@SHOP.example") == ada._replace(version=1)
        assert people.find(tx, user_name="alovelace") == ada
        assert people.find(tx, email="") is None
        assert people.find(tx, user_name="\x00") is None
        assert people.person(tx, ada.id) == ada
        assert people.person(tx, "acc-x") is None


def test_an_address_that_two_have_leads_to_nobody(platform: World) -> None:
    with platform.database.transaction() as tx:
        for name in ("Ada", "Eve"):
            platform.identity.create_in(tx, platform.admin, name, email="shared@shop.example")
        assert people.find(tx, email="shared@shop.example") is None


def test_memberships_come_and_go_and_teams_are_counted(platform: World, clock: Clock) -> None:
    ada, bob = platform.person("Ada"), platform.person("Bob")
    with platform.database.transaction() as tx:
        assert people.join(tx, ada.id, "tea-1", lead=False, at=clock())
        assert not people.join(tx, ada.id, "tea-1", lead=False, at=clock())
        assert people.join(tx, ada.id, "tea-1", lead=True, at=clock())
        people.join(tx, bob.id, "tea-1", lead=False, at=clock())
        people.join(tx, bob.id, "tea-2", lead=False, at=clock())
        assert [(one.name, lead) for one, lead in people.members(tx, "tea-1")] == [("Ada", True), ("Bob", False)]
        assert people.sizes(tx, ["tea-1", "tea-2", "tea-3"]) == {"tea-1": 2, "tea-2": 1}
        assert people.sizes(tx, []) == {}
        assert people.leave(tx, bob.id, "tea-1")
        assert not people.leave(tx, bob.id, "tea-1")
        people.disband(tx, "tea-1")
        assert people.members(tx, "tea-1") == []


def test_names_of_people_and_of_the_platform_itself(platform: World) -> None:
    ada = platform.person()
    with platform.database.reading() as tx:
        assert people.names(tx, [ada.id, "platform", "acc-x"]) == {ada.id: "Ada", "platform": "Wardline"}
        assert people.names(tx, []) == {}


def test_what_a_directory_may_see_comes_a_piece_at_a_time(platform: World) -> None:
    made = [platform.person(name) for name in ("Ada", "Bob")]
    with platform.database.transaction() as tx:
        total, found = people.directory(tx, 1, 1)
        assert (total, len(found)) == (3, 1)
        platform.identity.remove_in(tx, platform.admin, made[0].id)
        assert people.directory(tx, 0, 10, id=made[0].id) == (0, [])
        assert people.directory(tx, 0, 0)[0] == 2
