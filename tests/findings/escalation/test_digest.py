"""The morning digest: to whom something burns, once a working day."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from tests.findings.waivers.world import World

from wardline.findings.escalation.digest import Digest
from wardline.kernel.notices.store import DELIVERIES


def ran(world: World) -> str:
    return Digest(world.database, world.clock).run(world.turn())


def test_a_week_of_mornings(world: World) -> None:
    finding = world.finding("critical", title="A key in the log", acknowledged_at=world.clock())
    world.finding("low", owner=world.lead.id)  # due in half a year: nobody hears of it every morning
    told = []
    for _ in range(7 * 48):
        if ran(world):
            told.append(f"{world.clock.at:%a %d %H:%M}")
        world.clock.forward(minutes=30)
    assert told == ["Tue 03 06:30", "Wed 04 06:30", "Thu 05 06:30", "Fri 06 06:30", "Mon 09 06:30"]
    assert world.told(kind="digest") == [("Dev", "This morning: 1 due within a week")] * 5
    world.clock.forward(days=1)
    ran(world)
    assert world.told(kind="digest")[-1] == ("Dev", "This morning: 1 overdue")
    world.change(finding, waived_until=world.clock() + timedelta(days=3))
    world.clock.forward(days=1)
    assert ran(world) == ""


def test_it_is_sent_at_seven_with_what_else_waited(small: World) -> None:
    small.clock.at = datetime(2026, 3, 6, 18, tzinfo=UTC)
    small.finding("critical")
    ran(small)
    small.clock.at = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
    ran(small)
    with small.database.reading() as tx:
        assert max(tx.execute(select(DELIVERIES.c.due_at)).scalars()) == datetime(2026, 3, 9, 7, tzinfo=UTC)


def test_who_has_nothing_that_burns_hears_nothing(small: World) -> None:
    small.finding("low")
    assert ran(small) == ""
    assert small.told() == []
