import pytest
from tests.identities import World

from wardline.catalog.teams import FALLBACK
from wardline.kernel.errors import AskedWronglyError, ConflictError, DeniedError, NotFoundError
from wardline.kernel.paging import Page


def test_a_team_is_made_changed_and_found_by_id_and_short_name(platform: World) -> None:
    made = platform.catalog.put_team(platform.admin, "payments", name="Payments", email="p@shop.example", slack="#p")
    assert platform.catalog.team(platform.admin, made.id) == platform.catalog.team(platform.admin, "payments")
    changed = platform.catalog.put_team(platform.admin, "payments", name="Payments & more", slack="")
    assert (changed.id, changed.name, changed.email, changed.slack) == (
        made.id,
        "Payments & more",
        "p@shop.example",
        None,
    )
    platform.catalog.put_team(platform.admin, "payments", name="Payments & more")
    assert platform.actions(made.id) == ["team:created", "team:changed"]


@pytest.mark.parametrize(
    "slug", ["", "A", "a b", "-a", "a/b", "é", "a\x00", "tea-01kb2q6vj8e7y9r3m5t0c4w6xz", "a" * 101]
)
def test_a_short_name_can_stand_in_an_address_and_is_no_identifier(small: World, slug: str) -> None:
    with pytest.raises(AskedWronglyError):
        small.catalog.put_team(small.admin, slug)


def test_teams_come_by_name_a_piece_at_a_time(platform: World) -> None:
    for slug, name in (("a", "Zoo"), ("b", "ähre"), ("c", "Ärger"), ("d", "alpha")):
        platform.catalog.put_team(platform.admin, slug, name=name)
    names, page = [], Page(1)
    while True:
        listing = platform.catalog.teams(platform.admin, page)
        names += [one.name for one in listing.rows]
        if listing.next_cursor is None:
            break
        page = Page(1, listing.next_cursor)
    assert sorted(names) == sorted(["alpha", "Zoo", "ähre", "Ärger"])


def test_members_come_with_what_they_may_reach_and_go_with_it(platform: World) -> None:
    team = platform.catalog.put_team(platform.admin, "payments")
    ada = platform.person(email="ada@shop.example")
    session = platform.signed_in(ada)
    platform.catalog.put_member(platform.admin, "payments", ada.id, lead=True)
    who, _ = platform.identity.session(session.cookie)
    assert (who.teams, who.leads) == ({team.id}, {team.id})
    assert platform.catalog.members(platform.admin, team.id)[0]._asdict() == {
        "account": ada.id,
        "name": "Ada",
        "email": "ada@shop.example",
        "lead": True,
    }
    assert platform.catalog.team(platform.admin, team.id).members == 1
    platform.catalog.put_member(platform.admin, "payments", ada.id)
    assert platform.identity.session(session.cookie)[0].leads == frozenset()
    platform.catalog.remove_member(platform.admin, "payments", ada.id)
    assert platform.identity.session(session.cookie)[0].teams == frozenset()
    platform.catalog.remove_member(platform.admin, "payments", ada.id)
    assert platform.actions(team.id) == ["team:created", "team:joined", "team:joined", "team:left"]


def test_who_has_left_is_not_shown_as_a_member(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "payments")
    ada = platform.person()
    platform.catalog.put_member(platform.admin, "payments", ada.id)
    platform.identity.deactivate(platform.admin, ada.id)
    assert platform.catalog.members(platform.admin, "payments") == []
    assert platform.catalog.team(platform.admin, "payments").members == 0


def test_a_lead_says_who_is_in_their_team_and_in_no_other(platform: World) -> None:
    for slug in ("payments", "search"):
        platform.catalog.put_team(platform.admin, slug)
    lead, other = platform.person("Lea"), platform.person("Otto")
    platform.catalog.put_member(platform.admin, "payments", lead.id, lead=True)
    platform.catalog.put_member(platform.admin, "payments", other.id)
    lea, otto = platform.principal(lead), platform.principal(other)
    platform.catalog.remove_member(lea, "payments", other.id)
    platform.catalog.put_member(lea, "payments", other.id)
    platform.catalog.put_team(lea, "payments", name="Ours")
    for attempt in (
        lambda: platform.catalog.put_member(lea, "search", lead.id),
        lambda: platform.catalog.put_team(lea, "search", name="Ours too"),
        lambda: platform.catalog.put_team(lea, "new"),
        lambda: platform.catalog.put_member(otto, "payments", other.id, lead=True),
        lambda: platform.catalog.drop_team(lea, "payments"),
        lambda: platform.catalog.put_member(lea._replace(services=frozenset({"svc-1"})), "payments", other.id),
    ):
        with pytest.raises(DeniedError):
            attempt()


def test_what_a_deleted_team_looked_after_is_seen_as_nobodys(platform: World) -> None:
    team = platform.catalog.put_team(platform.admin, "payments")
    service = platform.catalog.put_service(platform.admin, "orders", team="payments")
    platform.catalog.drop_team(platform.admin, "payments")
    after = platform.catalog.service(platform.admin, service.id)
    assert (after.team_slug, after.team_source) == (FALLBACK, "fallback")
    assert "service:unowned" in platform.actions(team.id)
    with pytest.raises(NotFoundError):
        platform.catalog.team(platform.admin, "payments")
    with pytest.raises(ConflictError):
        platform.catalog.drop_team(platform.admin, FALLBACK)


def test_what_is_not_there_is_not_found(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "payments")
    for attempt in (
        lambda: platform.catalog.team(platform.admin, "x"),
        lambda: platform.catalog.team(platform.admin, "\x00\ud800"),
        lambda: platform.catalog.members(platform.admin, "x"),
        lambda: platform.catalog.put_member(platform.admin, "payments", "acc-x"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
