"""What is kept of how many findings there are is what counting all of them gives, after whatever happened."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, update
from tests.conftest import Clock
from tests.findings.world import EVERY, World, finding

from wardline.findings import counting, list_store, measure_store, store, tally_store
from wardline.findings.life_store import Narrowed
from wardline.findings.list_store import Reach
from wardline.findings.model import OPEN, Query, Tracked
from wardline.findings.report import SEVERITIES
from wardline.findings.tables import FINDINGS
from wardline.findings.tally_tables import TALLIES
from wardline.findings.waivers import store as waivers
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import WardlineError
from wardline.main.schema import SCHEMA

EMPTIED = (
    "finding_sightings", "findings", "reports", "finding_intake", "services", "memberships", "teams", "accounts",
)  # fmt: skip
NUMBERS = st.integers(0, 5)
SENT = st.lists(st.tuples(NUMBERS, st.sampled_from(SEVERITIES)), max_size=4, unique_by=lambda one: one[0])
STEPS = st.one_of(
    st.tuples(st.just("send"), SENT),
    st.tuples(st.sampled_from(["acknowledge", "dismiss", "waive", "hand on", "forget"]), NUMBERS),
    st.tuples(st.just("forward"), st.integers(1, 40)),
    st.tuples(st.just("draw together"), st.none()),
)
QUERIES = st.fixed_dictionaries(
    {
        "states": st.sampled_from([OPEN, EVERY, frozenset(), frozenset({"detected"}), frozenset({"fixed", "owned"})]),
        "severities": st.sampled_from([frozenset(), frozenset({"critical"}), frozenset({"low", "medium"})]),
        "overdue": st.sampled_from([None, True, False]),
        "waived": st.sampled_from([None, True, False]),
        "exploited": st.sampled_from([None, True, False]),
    }
).map(lambda said: Query(**said))


def step(world: World, what: str, given_: object) -> None:
    """Do one thing that may happen to findings; what is refused changes nothing."""
    if what == "send":
        sent = [
            finding(number, severity=severity, practice="code" if number % 2 else "pipeline")
            for number, severity in given_  # type: ignore[attr-defined]
        ]
        world.send(*sent, complete=("code", "pipeline"))
    elif what == "forward":
        world.clock.forward(days=given_)  # type: ignore[arg-type]
        world.run("findings-dismissals")
    elif what == "draw together":
        world.run("findings-tallies")
    else:
        some = world.all()
        if some:
            one_step(world, what, some[given_ % len(some)])  # type: ignore[operator]


def one_step(world: World, what: str, one: Tracked) -> None:
    try:
        if what == "acknowledge":
            world.findings.acknowledge(world.dev, one.id)
        elif what == "dismiss":
            world.dismissed(one.id, days=20)
    except WardlineError:
        return
    with world.database.transaction() as tx:
        if what == "waive":
            until = None if one.waived_until else world.clock() + timedelta(days=9)
            waivers.mark(tx, one.id, one.cycle, until)
        elif what == "hand on":
            store.change(tx, one.id, team="tea-others", exploited=not one.exploited)
        elif what == "forget":
            tx.execute(delete(FINDINGS).where(FINDINGS.c.id == one.id))


def hold_up(world: World, query: Query, by: str | None = None, of: tuple[str, ...] = ()) -> None:
    """Everything that is kept, and everything that is answered from it, is what a full count says."""
    now = world.clock()
    asked = query._replace(due_before=None if query.overdue else now + timedelta(days=3))
    with world.database.reading() as tx:
        assert tally_store.kept(tx) == tally_store.truth(tx)
        for reach in (Reach(), Reach(teams=frozenset({world.team}))):
            one_by_one = list_store.counts(tx, asked, reach, now, by=by)
            assert Counter(counting.counts(tx, asked, reach, now, by=by)) == Counter(one_by_one)  # none or 0: the same
        rows = tx.execute(FINDINGS.select().where(FINDINGS.c.open)).all()
        assert measure_store.standing(tx, Narrowed(Reach()), now, *of) == standing(rows, of, now)


def standing(rows: object, by: tuple[str, ...], now: object) -> dict[tuple[str, ...], counting.Standing]:
    found: dict[tuple[str, ...], counting.Standing] = {}
    for row in rows:  # type: ignore[attr-defined]
        key = tuple(getattr(row, name) for name in by)
        one = found.get(key, counting.Standing())
        found[key] = counting.Standing(
            one.open + 1,
            one.late + (row.due_at < now),
            one.waived + (row.waived_until is not None and row.waived_until > now),
            row.urgency if one.worst is None else min(one.worst, row.urgency),
        )
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEPS, min_size=3, max_size=8),
    queries=st.lists(QUERIES, min_size=8, max_size=8),
    by=st.sampled_from([None, "state", "severity", "practice", "team", "service"]),
    of=st.sampled_from([(), ("team",), ("service", "practice")]),
)
def test_what_is_kept_is_what_a_full_count_gives_after_any_history(
    database: Database, steps: list[tuple[str, object]], queries: list[Query], by: str | None, of: tuple[str, ...]
) -> None:
    with database.transaction() as tx:
        for table in EMPTIED:
            tx.execute(delete(SCHEMA.tables[table]))
        assert tally_store.kept(tx) == {}
    world = World(database, Clock())
    for (what, given_), query in zip(steps, queries, strict=False):
        step(world, what, given_)
        hold_up(world, query, by, of)


@pytest.fixture
def some(small: World) -> World:
    """Three open findings."""
    small.send(finding(1), finding(2, severity="critical"), finding(3))
    return small


def test_many_rows_in_one_statement_are_counted(some: World) -> None:
    with some.database.transaction() as tx:
        tx.execute(update(FINDINGS).values(severity="low", urgency=3))
    hold_up(some, Query())


def _emptied(tx: Connection) -> None:
    tx.execute(delete(FINDINGS))
    assert tally_store.kept(tx) == {}
    raise LookupError


def test_a_change_that_does_not_stand_is_not_counted(some: World) -> None:
    with some.database.reading() as tx:
        before = tally_store.kept(tx)
    with pytest.raises(LookupError), some.database.transaction() as tx:
        _emptied(tx)
    with some.database.reading() as tx:
        assert tally_store.kept(tx) == before != {}


def test_counts_that_went_wrong_are_put_right_by_counting_anew(some: World) -> None:
    assert some.run("findings-recount") == ""
    with some.database.transaction() as tx:
        tx.execute(update(TALLIES).values(findings=TALLIES.c.findings + 7))
    assert "counts were wrong" in some.run("findings-recount")
    some.run("findings-tallies")
    hold_up(some, Query())


def test_drawing_together_leaves_one_row_for_each_cell_and_none_for_nothing(some: World) -> None:
    some.send(complete=("code",))
    some.run("findings-tallies")
    with some.database.reading() as tx:
        rows = tx.execute(TALLIES.select()).all()
        assert {(row.part, row.state) for row in rows} == {(0, "fixed")}
        assert len(rows) == len(tally_store.truth(tx))
    hold_up(some, Query(states=EVERY))


def test_two_transactions_count_in_one_cell_and_neither_waits_for_the_other(platform: World) -> None:
    if not platform.database.postgresql:
        pytest.skip("SQLite writes one transaction at a time")
    platform.send(finding(1), finding(2), finding(3))
    first, second, _ = sorted(one.id for one in platform.all())
    with platform.database.transaction() as one, platform.database.transaction() as other:
        other.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        store.change(one, first, severity="low", urgency=3)
        store.change(other, second, severity="low", urgency=3)
        tally_store.drawn_together(other)
    hold_up(platform, Query())
    platform.run("findings-tallies")
    hold_up(platform, Query())
