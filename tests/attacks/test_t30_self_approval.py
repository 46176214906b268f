"""T-30: whoever wants a waiver approves it too: as another role, by another account, or by moving what is owned."""

import pytest
from tests.conftest import Clock
from tests.findings.waivers.test_files import PATH, TEXT
from tests.findings.waivers.test_filing import ci
from tests.findings.waivers.world import World

from wardline.findings.service import Findings
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import DeniedError


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path) -> World:
    return World(database, clock, tmp_path)


def refused(world: World, who, waiver: str) -> bool:
    with pytest.raises(DeniedError):
        world.waivers.approve(who, waiver)
    return world.waivers.get(world.sec2, waiver).standing == "asked"


def test_one_account_with_two_roles(world: World) -> None:
    hats = world.add("hats", "developer", "security", team=world.team)
    finding = world.finding(owner=None)
    assert refused(world, hats, world.asked(finding, hats).waiver.id)


def test_two_accounts_with_one_address(world: World) -> None:
    twin = world.add("twin", "security", email="Dev@Example.org")
    assert refused(world, twin, world.asked(world.finding(owner=world.lead.id)).waiver.id)


def test_the_owner_who_let_somebody_else_ask(world: World) -> None:
    owner = world.add("owner", "security")
    assert refused(world, owner, world.asked(world.finding(owner=owner.id), world.lead, control=named(world)).waiver.id)


def test_the_owner_who_handed_it_on_before_approving(world: World) -> None:
    owner = world.add("owner", "security")
    finding = world.finding(owner=owner.id)
    shown = world.asked(finding)
    world.change(finding, owner=world.dev.id)
    assert refused(world, owner, shown.waiver.id)


def test_who_became_the_owner_after_it_was_asked(world: World) -> None:
    finding = world.finding()
    shown = world.asked(finding)
    world.change(finding, owner=world.sec.id)
    assert refused(world, world.sec, shown.waiver.id)


def test_a_member_of_the_team_that_owns_it_as_a_whole(world: World) -> None:
    member = world.add("member", "security", team=world.team)
    assert refused(world, member, world.asked(world.finding(owner=None)).waiver.id)


def test_an_earlier_yes_of_who_becomes_an_owner_counts_no_more(world: World) -> None:
    findings = Findings(world.database, world.clock, world.ledger, world.catalog)
    findings.put_policy(world.sec, "[waivers.approvals]\nmedium = 2\n")
    finding = world.finding("medium")
    shown = world.asked(finding)
    assert world.waivers.approve(world.sec, shown.waiver.id).standing == "asked"
    world.change(finding, owner=world.sec.id)
    assert world.waivers.approve(world.sec2, shown.waiver.id).standing == "asked"
    third = world.add("third", "security")
    assert world.waivers.approve(third, shown.waiver.id).standing == "effective"


def test_a_workload_or_a_token_of_the_platforms_kind(world: World) -> None:
    shown = world.asked()
    machine = world.sec2._replace(kind="workload", services=frozenset({world.service}))
    assert refused(world, machine, shown.waiver.id)


def test_a_file_that_its_author_wrote_under_another_address(world: World) -> None:
    """Who may approve writes a file in somebody else's name, and commits it under an address that nobody here has."""
    world.finding(owner=world.lead.id)
    for authors in ({PATH: ["sec@private.example"]}, {PATH: []}, {}, None):
        (outcome,) = world.waivers.read_files(ci(world), "orders", {PATH: TEXT.encode()}, authors)
        assert outcome.waiver is None
    assert not world.waivers.list(world.sec).rows


@pytest.mark.parametrize("hand", ["requested_by", "author"])
def test_a_file_that_its_author_approves(world: World, hand: str) -> None:
    world.finding(owner=world.lead.id)
    text, authors = TEXT.replace("lead@example.org", "director@example.org"), {PATH: ["dev@example.org"]}
    if hand == "requested_by":
        text = text.replace("dev@example.org", "sec@example.org")
    else:
        authors = {PATH: ["SEC@example.org"]}
    (outcome,) = world.waivers.read_files(ci(world), "orders", {PATH: text.encode()}, authors)
    assert outcome.waiver is not None, outcome.said
    assert refused(world, world.sec, outcome.waiver)
    assert world.waivers.approve(world.sec2, outcome.waiver).standing == "effective"


def test_who_attests_the_control_is_not_who_asks(world: World) -> None:
    from wardline.kernel.errors import AskedWronglyError

    twin_address = world.request().control._replace(attested_by="dev@example.org")
    with pytest.raises(AskedWronglyError):
        world.asked(control=twin_address)


def named(world: World):
    return world.request().control._replace(attested_by=world.director.id)
