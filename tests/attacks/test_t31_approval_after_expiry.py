"""T-31: a waiver that has ended is brought back: by a late yes, a renewal, a clock that stands, or the same file."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.conftest import Clock
from tests.findings.waivers.test_files import TEXT
from tests.findings.waivers.test_filing import sent
from tests.findings.waivers.world import WHY, World

from wardline.findings.waivers.tables import WAIVERS
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import AskedWronglyError, ConflictError


@pytest.fixture
def world(database: Database, clock: Clock, tmp_path) -> World:
    return World(database, clock, tmp_path)


def test_a_yes_at_the_very_moment_of_the_end(world: World) -> None:
    shown = world.asked(days=1)
    world.clock.at = shown.waiver.expires_at
    with pytest.raises(ConflictError, match="expired"):
        world.waivers.approve(world.sec, shown.waiver.id)


def test_the_last_yes_of_two_after_the_end(world: World) -> None:
    finding = world.finding()
    shown = world.asked(finding, days=1)
    with world.database.transaction() as tx:
        tx.execute(update(WAIVERS).values(needed_approvals=2))
    world.waivers.approve(world.sec, shown.waiver.id)
    world.clock.at = shown.waiver.expires_at
    with pytest.raises(ConflictError):
        world.waivers.approve(world.sec2, shown.waiver.id)
    assert world.row(finding).waived_until is None


def test_a_renewal_of_what_has_ended(world: World) -> None:
    shown = world.waivers.approve(world.sec, world.asked(days=1).waiver.id)
    world.clock.forward(days=1)
    with pytest.raises(ConflictError, match="expired"):
        world.waivers.renew(world.dev, shown.waiver.id, expires_at=world.clock() + timedelta(days=1), justification=WHY)


def test_a_renewal_that_begins_earlier_or_lives_longer_than_it_may(world: World) -> None:
    first = world.waivers.approve(world.sec, world.asked(world.finding("high"), days=30).waiver.id).waiver
    for until in (first.expires_at, first.expires_at + timedelta(days=30, seconds=1)):
        with pytest.raises(AskedWronglyError):
            world.waivers.renew(world.dev, first.id, expires_at=until, justification=WHY)


def test_no_duty_needs_to_run_for_an_end_to_be_one(world: World) -> None:
    finding = world.finding()
    shown = world.waivers.approve(world.sec, world.asked(finding, days=1).waiver.id)
    world.clock.forward(days=1)
    assert world.waivers.get(world.sec, shown.waiver.id).standing == "expired"
    assert world.row(finding).waived_until <= world.clock()


def test_a_database_that_says_live_revives_nothing(world: World) -> None:
    finding = world.finding()
    shown = world.waivers.approve(world.sec, world.asked(finding, days=5).waiver.id)
    world.waivers.revoke(world.sec, shown.waiver.id, "It was a mistake.")
    with world.database.transaction() as tx:
        tx.execute(update(WAIVERS).values(live=True))
    world.keep()
    with world.database.transaction() as tx:
        world.waivers.effective_for(tx, world.service, [finding])
    assert world.row(finding).waived_until is None


def test_a_file_that_was_refused_is_not_asked_again_by_sending_it_again(world: World) -> None:
    world.finding()
    (outcome,) = sent(world)
    assert outcome.waiver is not None
    world.waivers.refuse(world.sec, outcome.waiver, "Repair it, please.")
    assert [one.standing for one in sent(world, TEXT + "# once more\n")] == ["refused"]


def test_taking_turns_never_makes_it_longer_than_three_times(world: World) -> None:
    """Asking anew after each end, with another scope each time, by other people."""
    finding = world.finding("critical")
    waived = 0.0
    for who in (world.dev, world.lead, world.sec, world.dev, world.lead):
        control = world.request(finding).control._replace(attested_by=None, check="egress")
        try:
            shown = world.asked(finding, who, days=7, control=control)
        except ConflictError:
            break
        world.waivers.approve(world.sec2, shown.waiver.id)
        world.clock.forward(days=7)
        world.keep()
        waived += 7
    assert waived == 21
