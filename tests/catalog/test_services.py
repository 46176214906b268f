import pytest
from tests.identities import World

from wardline.catalog.model import ServiceQuery
from wardline.catalog.teams import FALLBACK
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError
from wardline.kernel.paging import Page


def test_a_service_that_nobody_owns_belongs_to_the_team_that_answers_for_it(platform: World) -> None:
    made = platform.catalog.put_service(platform.admin, "orders", name="Orders")
    assert (made.team_slug, made.team_source) == (FALLBACK, "fallback")
    assert platform.catalog.services(platform.admin, ServiceQuery(unowned=True)).rows == [made]


def test_a_service_is_changed_and_the_same_again_changes_nothing(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "payments")
    made = platform.catalog.put_service(
        platform.admin, "orders", team="payments", exposed=True, data=["payment"], environments=["production"]
    )
    assert (made.tier, made.tier_inferred, made.team_source) == (1, 1, "api")
    again = platform.catalog.put_service(
        platform.admin, "orders", team="payments", exposed=True, data=["payment"], environments=["production"]
    )
    assert again == made
    assert platform.actions(made.id) == ["service:created", "service:changed"]


def test_services_are_found_by_text_team_tier_and_exposure(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "payments")
    platform.catalog.put_service(platform.admin, "orders", team="payments", exposed=True)
    platform.catalog.put_service(platform.admin, "mailer", name="Mail", repository="https://git.example/X/Mailer")
    platform.catalog.retire(platform.admin, platform.catalog.put_service(platform.admin, "old").id)

    def found(query: ServiceQuery | str | None) -> list[str]:
        return [one.slug for one in platform.catalog.services(platform.admin, query).rows]

    assert found(None) == ["mailer", "orders"]
    assert found("x/mail") == ["mailer"]
    assert found("ORD") == ["orders"]
    assert found("%") == []
    assert found(ServiceQuery(teams=frozenset({"payments"}))) == ["orders"]
    assert found(ServiceQuery(tiers=frozenset({2}))) == ["orders"]
    assert found(ServiceQuery(exposed=False)) == ["mailer"]
    assert found(ServiceQuery(retired=True)) == ["old"]
    assert found(ServiceQuery(retired=None)) == ["mailer", "old", "orders"]


def test_services_come_a_piece_at_a_time(platform: World) -> None:
    for number in range(5):
        platform.catalog.put_service(platform.admin, f"s{number}", name="Same")
    seen, page = [], Page(2)
    while True:
        listing = platform.catalog.services(platform.admin, None, page)
        seen += [one.slug for one in listing.rows]
        if listing.next_cursor is None:
            break
        page = Page(2, listing.next_cursor)
    assert sorted(seen) == [f"s{number}" for number in range(5)]


def test_who_is_narrowed_to_a_service_knows_of_no_other(platform: World) -> None:
    one, other = (platform.catalog.put_service(platform.admin, slug) for slug in ("one", "other"))
    narrowed = platform.admin._replace(services=frozenset({one.id}))
    assert [found.slug for found in platform.catalog.services(narrowed).rows] == ["one"]
    for attempt in (
        lambda: platform.catalog.service(narrowed, "other"),
        lambda: platform.catalog.service(narrowed, other.id),
        lambda: platform.catalog.running(narrowed, "other"),
        lambda: platform.catalog.deployments(narrowed, "other"),
        lambda: platform.catalog.record_deployment(narrowed, "other", "production", "sha256:aa"),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    with pytest.raises(DeniedError):
        platform.catalog.put_service(narrowed, "other", name="x")
    with pytest.raises(DeniedError):
        platform.catalog.put_service(narrowed, "third")


def test_a_lead_changes_services_of_their_team_only(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "payments")
    for slug in ("orders", "search"):
        platform.catalog.put_service(platform.admin, slug)
    platform.catalog.put_service(platform.admin, "orders", team="payments")
    lead = platform.person("Lea")
    platform.catalog.put_member(platform.admin, "payments", lead.id, lead=True)
    lea = platform.principal(lead)
    assert platform.catalog.put_service(lea, "orders", exposed=True).exposed
    for attempt in (
        lambda: platform.catalog.put_service(lea, "search", exposed=True),
        lambda: platform.catalog.argue_tier(lea, "search", 1, "x"),
        lambda: platform.catalog.retire(lea, "search"),
        lambda: platform.catalog.put_service(lea, "new"),
    ):
        with pytest.raises(DeniedError):
            attempt()


def test_a_tier_is_argued_about_in_the_open(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "payments")
    service = platform.catalog.put_service(platform.admin, "orders", team="payments", exposed=True, data=["personal"])
    lead = platform.person("Lea")
    platform.catalog.put_member(platform.admin, "payments", lead.id, lead=True)
    argued = platform.catalog.argue_tier(platform.principal(lead), "orders", 4, "Only a demonstration.")
    assert (argued.tier, argued.tier_inferred, argued.tier_claimed, argued.tier_disputed) == (1, 1, 4, True)
    assert (argued.tier_argument, argued.tier_argued_by) == ("Only a demonstration.", "Lea")
    agreed = platform.catalog.argue_tier(platform.admin, "orders", 4, "Indeed, it holds made-up data.")
    assert (agreed.tier, agreed.tier_inferred, agreed.tier_disputed) == (4, 1, False)
    back = platform.catalog.argue_tier(platform.admin, "orders", None, "")
    assert (back.tier, back.tier_claimed, back.tier_argument, back.tier_argued_by) == (1, None, None, None)
    assert platform.actions(service.id).count("service:tier-argued") == 3
    for tier, argument in ((2, " "), (5, "x"), (2, "x" * 2001)):
        with pytest.raises(AskedWronglyError):
            platform.catalog.argue_tier(platform.admin, "orders", tier, argument)


def test_more_dependents_make_a_service_more_important_and_fewer_less(platform: World) -> None:
    ledger = platform.catalog.put_service(platform.admin, "ledger")
    assert ledger.tier == 3
    for number in range(3):
        platform.catalog.put_service(platform.admin, f"s{number}", depends_on=["ledger", f"s{number}"])
    after = platform.catalog.service(platform.admin, "ledger")
    assert (after.tier, after.dependents) == (2, 3)
    assert "3 services depend on it" in after.tier_facts
    platform.catalog.retire(platform.admin, "s0")
    assert platform.catalog.service(platform.admin, "ledger").tier == 3
    assert platform.catalog.put_service(platform.admin, "s1", depends_on=[]).depends_on == ()
    assert platform.catalog.service(platform.admin, "ledger").dependents == 1


def test_what_is_wrong_is_said(small: World) -> None:
    for attempt in (
        lambda: small.catalog.put_service(small.admin, "Orders"),
        lambda: small.catalog.put_service(small.admin, "orders", name="x" * 201),
        lambda: small.catalog.put_service(small.admin, "orders", data=["secret"]),
        lambda: small.catalog.put_service(small.admin, "orders", environments=["a b"]),
        lambda: small.catalog.put_service(small.admin, "orders", depends_on=[f"s{n}" for n in range(501)]),
    ):
        with pytest.raises(AskedWronglyError):
            attempt()
    with pytest.raises(NotFoundError):
        small.catalog.put_service(small.admin, "orders", team="nobody")
    assert small.catalog.services(small.admin).rows == []
    for attempt in (
        lambda: small.catalog.service(small.admin, "x"),
        lambda: small.catalog.retire(small.admin, "x"),
        lambda: small.catalog.argue_tier(small.admin, "x", 1, "x"),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_services_in_a_few_words_are_the_same_services_by_name(small: World) -> None:
    small.catalog.put_team(small.admin, "payments", name="Payments")
    orders = small.catalog.put_service(small.admin, "orders", name="Zebra", team="payments")
    mailer = small.catalog.put_service(small.admin, "mailer", name="mail")
    old = small.catalog.retire(small.admin, small.catalog.put_service(small.admin, "old").id)
    briefs = small.catalog.briefs(small.admin)
    assert briefs == [
        (one.id, one.slug, one.name, one.tier, one.team, one.team_name)
        for one in small.catalog.services(small.admin, None).rows
    ]
    assert [one.id for one in briefs] == [mailer.id, orders.id]
    narrowed = small.admin._replace(services=frozenset({orders.id}))
    assert [one.id for one in small.catalog.briefs(narrowed)] == [orders.id]
    with small.database.reading() as tx:
        assert small.catalog.briefs_named(tx, {old.id, "svc-none"}).keys() == {old.id}
        assert small.catalog.briefs_named(tx, ()) == {}
    with pytest.raises(DeniedError):
        small.catalog.briefs(small.admin._replace(permissions=frozenset()))
