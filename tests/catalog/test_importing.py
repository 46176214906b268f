import pytest
from tests.identities import World

from wardline.catalog.sources.tree import TreeFacts, read
from wardline.catalog.teams import FALLBACK
from wardline.kernel.errors import DeniedError, NotFoundError
from wardline.kernel.identity.model import GRANTS, Principal

SERVICE = b"""\
name: Orders
team: payments
tier: {claimed: 4, argument: A demonstration.}
exposed: true
data: [payment]
depends_on: [ledger]
contacts: {slack: "#orders"}
"""
BACKSTAGE = b"""\
kind: Component
metadata: {name: orders, title: Order desk, annotations: {github.com/project-slug: shop/orders}}
spec: {owner: group:platform, lifecycle: production, system: shop, dependsOn: [component:mailer]}
"""


def tree(**files: bytes) -> TreeFacts:
    places = {"service": "security/service.yaml", "backstage": "catalog-info.yaml", "owners": "CODEOWNERS"}
    return read({places[name]: content for name, content in files.items()})


def test_what_a_repository_says_is_taken_in_and_the_same_again_changes_nothing(platform: World) -> None:
    facts = tree(service=SERVICE, backstage=BACKSTAGE)
    made = platform.catalog.import_tree(platform.admin, "orders", facts)
    assert (made.name, made.team_slug, made.team_source) == ("Orders", "payments", "service.yaml")
    assert (made.exposed, made.data, made.lifecycle, made.system) == (True, ("payment",), "production", "shop")
    assert made.repository == "https://github.com/shop/orders"
    assert made.depends_on == ("ledger", "mailer")
    assert made.contacts == (("slack", "#orders"),)
    events = platform.actions(made.id)
    again = platform.catalog.import_tree(platform.admin, "orders", facts)
    assert again._replace(notes=(), version=0) == made._replace(notes=(), version=0)
    assert platform.catalog.import_tree(platform.admin, "orders", facts) == again
    assert platform.actions(made.id) == events


def test_a_repository_does_not_loosen_its_own_clocks(platform: World) -> None:
    made = platform.catalog.import_tree(platform.admin, "orders", tree(service=SERVICE))
    assert (made.tier, made.tier_inferred, made.tier_claimed, made.tier_disputed) == (1, 1, 4, True)
    assert made.tier_argued_by == "security/service.yaml"
    more = SERVICE.replace(b"claimed: 4", b"claimed: 1").replace(b"exposed: true", b"exposed: false")
    raised = platform.catalog.import_tree(platform.admin, "orders", tree(service=more.replace(b"[payment]", b"[]")))
    assert (raised.tier, raised.tier_inferred, raised.tier_disputed) == (1, 3, False)


def test_what_people_decided_here_outweighs_the_files(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "search")
    platform.catalog.put_service(platform.admin, "orders", team="search")
    platform.catalog.argue_tier(platform.admin, "orders", 2, "Agreed with the team.")
    after = platform.catalog.import_tree(platform.admin, "orders", tree(service=SERVICE))
    assert (after.team_slug, after.team_source) == ("search", "api")
    assert (after.tier, after.tier_argument) == (2, "Agreed with the team.")


def test_the_owner_comes_from_the_first_file_that_names_one(platform: World) -> None:
    by_backstage = platform.catalog.import_tree(platform.admin, "orders", tree(backstage=BACKSTAGE))
    assert (by_backstage.team_slug, by_backstage.team_source) == ("platform", "backstage")
    assert by_backstage.name == "Order desk"
    by_owners = platform.catalog.import_tree(platform.admin, "mailer", tree(owners=b"* @shop/platform\n/x @a\n"))
    assert (by_owners.team_slug, by_owners.team_source) == ("platform", "codeowners")
    nobody = platform.catalog.import_tree(platform.admin, "search", tree(owners=b"* @shop/strangers\n"))
    assert (nobody.team_slug, nobody.team_source) == (FALLBACK, "fallback")
    assert "nobody is named as its owner" in " ".join(nobody.notes)


def test_a_person_as_owner_stands_for_a_team_of_theirs(platform: World) -> None:
    platform.catalog.put_team(platform.admin, "payments")
    with platform.database.transaction() as tx:
        ada = platform.identity.create_in(tx, platform.admin, "Ada", user_name="ada")
    platform.catalog.put_member(platform.admin, "payments", ada.id)
    facts = tree(backstage=BACKSTAGE.replace(b"group:platform", b"user:ada"))
    assert platform.catalog.import_tree(platform.admin, "orders", facts).team_slug == "payments"


def test_a_slip_of_the_pen_is_shown_and_takes_nobodys_service_away(platform: World) -> None:
    platform.catalog.import_tree(platform.admin, "orders", tree(service=SERVICE))
    broken = platform.catalog.import_tree(platform.admin, "orders", tree(service=SERVICE + b"taem: x\n"))
    assert (broken.team_slug, broken.exposed, broken.tier_claimed) == ("payments", True, 4)
    assert broken.notes[0] == "security/service.yaml:8: unknown key 'taem' (did you mean team?)"


def test_a_team_that_a_file_makes_is_seen_to_be_empty(platform: World) -> None:
    made = platform.catalog.import_tree(platform.admin, "orders", tree(service=SERVICE))
    notes = " ".join(made.notes)
    assert "was made by that" in notes
    assert "nobody is in the team" in notes
    ada = platform.person()
    platform.catalog.put_member(platform.admin, "payments", ada.id)
    assert platform.catalog.import_tree(platform.admin, "orders", tree(service=SERVICE)).notes == ()


def test_a_workload_brings_its_own_service_up_to_date_and_makes_none(platform: World) -> None:
    one, other = (platform.catalog.put_service(platform.admin, slug) for slug in ("one", "other"))
    ci = Principal("workload", "bnd-1", "CI", GRANTS["machine"], services=frozenset({one.id}))
    assert platform.catalog.import_tree(ci, "one", tree(service=SERVICE)).exposed
    with pytest.raises(NotFoundError):
        platform.catalog.import_tree(ci, "other", tree(service=SERVICE))
    with pytest.raises(DeniedError):
        platform.catalog.import_tree(ci, "new", tree(service=SERVICE))
    ada = platform.principal(platform.person())
    with pytest.raises(DeniedError):
        platform.catalog.import_tree(ada, "one", tree(service=SERVICE))
    assert platform.catalog.service(platform.admin, other.id).name == "other"


def test_characters_that_a_database_refuses_are_kept_readable(platform: World) -> None:
    content = b'name: "a\\0b"\ncontacts: {slack: "\\0"}\n'
    facts = tree(service=content, backstage=b'kind: Component\nmetadata: {name: orders}\nspec: {lifecycle: "\\0x"}\n')
    facts = facts._replace(code_owners=read({"CODEOWNERS": b"/\x00 @a\n"}).code_owners, problems=("\x00\ud800",))
    made = platform.catalog.import_tree(platform.admin, "orders", facts)
    assert made.name == "a\ufffdb"
    assert made.contacts == (("slack", "\ufffd"),)
    with platform.database.reading() as tx:
        assert platform.catalog.owner_of(tx, made.id, "\x00")[0] == made.team


def test_of_several_components_the_one_of_the_services_name_counts(platform: World) -> None:
    several = BACKSTAGE + b"---\n" + BACKSTAGE.replace(b"name: orders", b"name: other").replace(b"desk", b"else")
    assert platform.catalog.import_tree(platform.admin, "orders", tree(backstage=several)).name == "Order desk"
    third = platform.catalog.import_tree(platform.admin, "third", tree(backstage=several))
    assert (third.name, third.team_slug) == ("third", FALLBACK)
