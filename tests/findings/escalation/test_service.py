"""The ladder at work: exactly the expected notices, once, whatever dies and however many nodes there are."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from tests.findings.waivers.world import World

from wardline.catalog.tables import TEAMS
from wardline.findings.escalation.store import STEPS
from wardline.kernel.identity.tables import ACCOUNTS
from wardline.kernel.notices.store import DELIVERIES


def ran(world: World) -> str:
    return world.escalation.run(world.turn())


def told(world: World) -> list[tuple[str, str]]:
    return [(who, subject) for who, subject in world.told(kind="escalation")]


def weeks(world: World, count: int) -> list[tuple[str, str, str]]:
    """Run every six hours for some weeks; return (day, who, subject) of every notice."""
    end = world.clock.at + timedelta(weeks=count)
    while world.clock.at <= end:
        ran(world)
        world.clock.forward(hours=6)
    return [
        (f"{row['posted_at']:%a %d %b %H}", row["recipient_name"], row["subject"])
        for row in world.notices(kind="escalation")
    ]


def test_weeks_of_one_high_finding_tell_exactly_these(world: World) -> None:
    world.add("boss", "director")
    world.finding("high", title="SQL in a header", acknowledge_by=world.clock() + timedelta(days=1))
    assert weeks(world, 8) == [
        ("Mon 02 Mar 09", "Dev", "High, 30 days left: SQL in a header"),
        ("Tue 03 Mar 09", "Lead", "High, 29 days left: SQL in a header"),
        ("Tue 17 Mar 09", "Dev", "High, 15 days left: SQL in a header"),
        ("Thu 26 Mar 09", "Lead", "High, 6 days left: SQL in a header"),
        ("Wed 01 Apr 09", "Sec", "High, 1 minute late: SQL in a header"),
        ("Wed 01 Apr 09", "Sec2", "High, 1 minute late: SQL in a header"),
        ("Wed 08 Apr 21", "Boss", "High, 7 days late: SQL in a header"),
        ("Wed 08 Apr 21", "Director", "High, 7 days late: SQL in a header"),
        ("Thu 16 Apr 09", "Boss", "High, 15 days late: SQL in a header"),
        ("Thu 16 Apr 09", "Director", "High, 15 days late: SQL in a header"),
        ("Mon 20 Apr 09", "Boss", "High, 19 days late: SQL in a header"),
        ("Mon 20 Apr 09", "Director", "High, 19 days late: SQL in a header"),
        ("Mon 27 Apr 09", "Boss", "High, 26 days late: SQL in a header"),
        ("Mon 27 Apr 09", "Director", "High, 26 days late: SQL in a header"),
    ]


def test_one_person_hears_of_many_findings_once(world: World) -> None:
    for number in range(30):
        world.finding("critical" if number == 7 else "low", title=f"Thing {number}")
    assert ran(world) == "30 steps, 1 notices"
    (notice,) = world.notices(kind="escalation")
    assert notice["subject"] == "30 findings: 1 critical"
    assert (len(notice["rows"]), notice["more"]) == (25, 5)
    assert notice["rows"][0][0] == "Thing 7"
    assert notice["link"] == "/"
    assert ran(world) == ""


def test_a_waived_finding_is_not_spoken_of_but_its_clock_goes_on(world: World) -> None:
    finding = world.finding("high", acknowledged_at=world.clock())
    ran(world)
    world.waivers.approve(world.sec, world.asked(finding, days=25).waiver.id)
    world.clock.forward(days=24)
    assert ran(world) == ""  # half of the window is long over
    world.clock.forward(days=1, seconds=1)
    world.keep()
    assert ran(world) == "2 steps, 2 notices"
    assert told(world)[-2:] == [("Dev", "High, 4 days left: A high thing"), ("Lead", "High, 4 days left: A high thing")]
    assert world.row(finding).escalation == 2


def test_what_is_repaired_is_not_spoken_of(small: World) -> None:
    finding = small.finding("critical")
    ran(small)
    small.change(finding, open=False, state="fixed")
    small.clock.forward(days=30)
    assert ran(small) == ""


def test_a_new_cycle_climbs_the_ladder_anew(small: World) -> None:
    finding = small.finding("critical", acknowledged_at=small.clock())
    small.clock.forward(days=4)
    assert ran(small) == "2 steps, 1 notices"
    at = small.clock()
    small.change(finding, cycle=2, detected_at=at, due_at=at + timedelta(days=4), escalation=0)
    assert ran(small) == "1 steps, 1 notices"
    small.clock.forward(days=2)
    assert ran(small) == "1 steps, 1 notices"
    assert small.row(finding).escalation == 1


def test_an_unowned_finding_is_its_teams(small: World) -> None:
    with small.database.transaction() as tx:
        tx.execute(update(TEAMS).values(email="orders@example.org", slack="#orders"))
    small.finding("critical", owner=None)
    ran(small)
    assert told(small) == [("Orders", "Critical, 7 days left: A critical thing")]


def test_a_team_without_addresses_or_a_lead_is_never_a_void(small: World) -> None:
    empty = small.add_team("empty")
    small.finding("critical", owner=None, team=empty, acknowledge_by=small.clock())
    ran(small)
    assert {who for who, _subject in told(small)} == {"Sec", "Sec2"}


def test_an_owner_who_has_left_is_not_told(small: World) -> None:
    with small.database.transaction() as tx:
        tx.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == small.dev.id).values(active=False))
    small.finding("critical")
    ran(small)
    assert told(small) == [("Lead", "Critical, 7 days left: A critical thing")]


def test_what_can_wait_waits_for_the_morning(small: World) -> None:
    small.clock.at = friday = datetime(2026, 3, 6, 18, tzinfo=UTC)
    small.finding("low")
    ran(small)
    small.finding("critical")
    ran(small)
    with small.database.reading() as tx:
        due = sorted(tx.execute(select(DELIVERIES.c.due_at)).scalars())
    assert due == [friday, datetime(2026, 3, 9, 7, tzinfo=UTC)]


def test_two_nodes_at_once_tell_everybody_once(world: World) -> None:
    for _ in range(20):
        world.finding("critical")
    gate = threading.Barrier(2)
    errors: list[BaseException] = []

    def node(fence: int) -> None:
        gate.wait()
        try:
            world.escalation.run(world.turn(fence))
        except BaseException as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=node, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(world.notices(kind="escalation")) == 1
    with world.database.reading() as tx:
        assert len(tx.execute(select(STEPS)).all()) == 20


def test_a_node_that_dies_before_its_commit_told_nobody_and_the_next_tells_all(small: World) -> None:
    small.finding("critical")
    turn = small.turn()
    whole = type(turn).transaction

    class Died(Exception):  # noqa: N818 - it is not an error of ours
        pass

    def dies(self):
        with small.database.transaction() as tx:
            yield tx
            raise Died

    import contextlib

    type(turn).transaction = contextlib.contextmanager(dies)  # type: ignore[method-assign]
    try:
        with pytest.raises(Died):
            small.escalation.run(turn)
    finally:
        type(turn).transaction = whole  # type: ignore[method-assign]
    assert told(small) == []
    assert ran(small) == "1 steps, 1 notices"
    assert len(told(small)) == 1


def test_every_step_stands_in_the_ledger(small: World) -> None:
    finding = small.finding("critical", acknowledged_at=small.clock())
    ran(small)
    small.clock.forward(days=7)
    ran(small)
    steps = [event.details["step"] for event in small.ledger.list(small.admin(), about=finding).rows]
    assert steps == ["100%", "80%", "50%"]


def test_somebody_with_two_hats_hears_once_and_of_the_higher_step(small: World) -> None:
    small.change(small.finding("critical", acknowledged_at=small.clock()), owner=small.lead.id)
    small.clock.forward(days=6)
    ran(small)
    (notice,) = small.notices(recipient=small.lead.id)
    assert notice["rows"][0][2] == "80% of its time is over"
