"""What the database adds up of cycles is what looking at each of them gives."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from tests.findings.world import World, finding

from wardline.findings import life_store
from wardline.findings.life_store import Lives, Narrowed, Period
from wardline.findings.list_store import Reach
from wardline.findings.measures import BIN_SECONDS
from wardline.findings.tables import CYCLES, FINDINGS, INTAKE

PERIOD = Period(1_000_000, 2_000_000)
TIMES = st.integers(500_000, 2_200_000)
CYCLE = st.fixed_dictionaries(
    {
        "service": st.sampled_from(["svc-a", "svc-b", "svc-c"]),
        "team": st.sampled_from(["tea-a", "tea-b"]),
        "practice": st.sampled_from(["code", "dependencies"]),
        "urgency": st.integers(0, 4),
        "detected": TIMES,
        "lasts": st.none() | st.integers(0, 900_000),
        "ended_as": st.sampled_from(["fixed", "dismissed"]),
        "due": TIMES,
        "verified": st.none() | st.integers(0, 400_000),
        "waived": st.booleans(),
    }
)
ASKED = st.sampled_from(
    [
        Narrowed(Reach()),
        Narrowed(Reach(), team="tea-a"),
        Narrowed(Reach(), practice="code"),
        Narrowed(Reach(), service="svc-b"),
        Narrowed(Reach(teams=frozenset({"tea-b"})), practice="dependencies"),
        Narrowed(Reach(teams=frozenset()), team="tea-a"),
        Narrowed(Reach(services=frozenset({"svc-a", "svc-c"})), team="tea-b"),
    ]
)
BY = st.sampled_from([(), ("team",), ("severity",), ("service",), ("team", "severity", "practice")])
COLUMNS = {"team": "team", "practice": "practice", "severity": "urgency", "service": "service"}


def row(said: dict[str, Any], number: int, finding_id: str) -> dict[str, Any]:
    """A cycle as it is kept."""
    ended = None if said["lasts"] is None else said["detected"] + said["lasts"]
    over = ended is not None and said["ended_as"] == "fixed" and said["verified"] is not None
    return {
        **{name: said[name] for name in ("service", "team", "practice", "urgency", "detected", "due", "waived")},
        "finding": finding_id,
        "number": number,
        "ended": ended,
        "ended_as": said["ended_as"] if ended is not None else None,
        "verified": ended + said["verified"] if over and ended is not None else None,
    }


def within(cycle: dict[str, Any], what: Narrowed) -> bool:
    named = all(getattr(what, name) in {None, cycle[name]} for name in ("service", "team", "practice"))
    teams, services = what.reach
    return named and (teams is None or cycle["team"] in teams) and (services is None or cycle["service"] in services)


def lived(cycles: list[dict[str, Any]], what: Narrowed, by: tuple[str, ...]) -> dict[tuple[str, ...], Lives]:
    """One cycle after the other: what `life_store.lives` is to give."""
    found: dict[tuple[str, ...], Lives] = {}
    for cycle in cycles:
        ended, began = cycle["ended"], cycle["detected"]
        if not within(cycle, what) or began > PERIOD.until or (ended is not None and ended < PERIOD.since):
            continue
        one = found.setdefault(tuple(str(cycle[COLUMNS[name]]) for name in by), Lives())
        is_open = ended is None or ended > PERIOD.until
        start, end = max(began, PERIOD.since), PERIOD.until if is_open else ended
        one.entered[(start - began) // BIN_SECONDS] += 1
        fixed = not is_open and cycle["ended_as"] == "fixed"
        (one.fixed if fixed else one.left)[(end - began) // BIN_SECONDS] += 1
        one.fixes += fixed
        one.dismissed += not is_open and not fixed
        one.waived += cycle["waived"]
        one.came_back += cycle["number"] > 1 and began >= PERIOD.since
        one.opened += end - start
        one.ran += gone(cycle, end) - start
        one.met += fixed and ended <= cycle["due"]
    return found


def gone(cycle: dict[str, Any], end: int) -> int:
    """When it was gone from what runs, in the period: something of the service svc-a runs."""
    runs = cycle["ended_as"] == "fixed" and cycle["service"] == "svc-a"
    until = cycle["verified"] if cycle["verified"] is not None else PERIOD.until if runs else end
    return max(end, min(until, PERIOD.until))


def ran(cycles: list[dict[str, Any]], what: Narrowed, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    found: Counter[tuple[str, ...]] = Counter()
    for cycle in cycles:
        fixed_before = cycle["ended_as"] == "fixed" and cycle["ended"] < PERIOD.since
        if within(cycle, what) and fixed_before and gone(cycle, PERIOD.since) > PERIOD.since:
            key = tuple(str(cycle[COLUMNS[name]]) for name in by)
            found[key] += gone(cycle, PERIOD.since) - PERIOD.since
    return dict(found)


def plain(found: dict[tuple[str, ...], Lives]) -> dict[tuple[str, ...], tuple[Any, ...]]:
    return {
        key: (
            *(dict(+counted) for counted in (one.entered, one.fixed, one.left)),
            one.fixes, one.dismissed, one.waived, one.came_back, one.opened, one.ran, one.met,
        )
        for key, one in found.items()
    }  # fmt: skip


@pytest.fixture
def one_finding(platform: World) -> World:
    """A finding to hang cycles on, and a service of which something runs."""
    platform.send(finding(1))
    with platform.database.transaction() as tx:
        tx.execute(update(INTAKE).values(service="svc-a", deployed=True))
    return platform


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(CYCLE, max_size=12), what=ASKED, by=BY)
def test_lives_added_up_are_those_of_each_cycle(
    one_finding: World, said: list[dict[str, Any]], what: Narrowed, by: tuple[str, ...]
) -> None:
    with one_finding.database.transaction() as tx:
        name = tx.execute(select(FINDINGS.c.id)).scalar_one()
        cycles = [row(one, number + 1, name) for number, one in enumerate(said)]
        tx.execute(delete(CYCLES))
        if cycles:
            tx.execute(insert(CYCLES), cycles)
        found = life_store.lives(tx, what, PERIOD, by)
        assert plain(found) == plain(lived(cycles, what, by))
        assert life_store.ran_on(tx, what, PERIOD, by) == ran(cycles, what, by)
