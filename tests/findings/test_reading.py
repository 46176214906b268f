from datetime import timedelta

import pytest
from tests.findings.world import EVERY, World, finding

from wardline.findings.model import OPEN, Query
from wardline.findings.report import Exploited
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError
from wardline.kernel.paging import Page


@pytest.fixture
def two(platform: World):
    """Two services of two teams; the second service's CI has sent a finding as well."""
    other = platform.catalog.put_team(platform.security, "orders", name="Orders").id
    shop = platform.catalog.put_service(platform.security, "shop", name="Shop", team=other).id
    platform.send(finding(1), finding(2, severity="critical", practice="exposure", exploited=Exploited()))
    platform.service, mine = shop, platform.service
    platform.ci = platform.ci._replace(services=frozenset({shop, mine}))
    platform.send(finding(1, severity="low"), finding(3))
    platform.service = mine
    return platform, other, shop


def titles(world: World, who, **query):
    return sorted(one.title[-1] for one in world.findings.list(who, Query(**query)).rows)


def test_everybody_sees_what_their_teams_have_and_no_more(two):
    platform, other, shop = two
    member = platform.person("Member", "developer", team=other)
    assert titles(platform, platform.dev) == ["1", "2"]
    assert titles(platform, member) == ["1", "3"]
    assert titles(platform, platform.stranger) == []
    assert titles(platform, platform.auditor) == ["1", "1", "2", "3"]
    assert titles(platform, platform.auditor._replace(services=frozenset({shop}))) == ["1", "3"]
    assert titles(platform, member, services=frozenset({platform.service})) == []
    assert titles(platform, member, teams=frozenset({platform.team})) == []
    both = member._replace(teams=frozenset({other, platform.team}))
    assert titles(platform, both) == ["1", "1", "2", "3"]
    with pytest.raises(DeniedError):
        platform.findings.list(platform.dev._replace(permissions=frozenset()))


def test_what_is_not_seen_is_not_there(two):
    platform, _, _ = two
    hidden = next(one.id for one in platform.all() if one.service_name == "Shop")
    for ask in (platform.findings.get, platform.findings.history):
        with pytest.raises(NotFoundError) as there:
            ask(platform.dev, hidden)
        with pytest.raises(NotFoundError) as nowhere:
            ask(platform.dev, "fnd-nothing")
        assert there.value.detail.replace(hidden, "") == nowhere.value.detail.replace("fnd-nothing", "")
    with pytest.raises(NotFoundError):
        platform.findings.reports(platform.dev, "shop")
    report = platform.findings.reports(platform.auditor, "shop").rows[0].receipt.report
    assert platform.findings.report(platform.auditor, report).source == "bandit"
    with pytest.raises(NotFoundError):
        platform.findings.report(platform.dev, report)


NARROWED = (
    ({"severities": frozenset({"critical"})}, ["2"]),
    ({"practices": frozenset({"code"})}, ["1", "1", "3"]),
    ({"services": frozenset({"shop"})}, ["1", "3"]),
    ({"services": frozenset({"shop", "checkout"})}, ["1", "1", "2", "3"]),
    ({"services": frozenset({"nowhere"})}, []),
    ({"teams": frozenset({"orders"})}, ["1", "3"]),
    ({"teams": frozenset({"nobody"})}, []),
    ({"exploited": True}, ["2"]),
    ({"exploited": False}, ["1", "1", "3"]),
    ({"overdue": True}, []),
    ({"overdue": False}, ["1", "1", "2", "3"]),
    ({"waived": True}, []),
    ({"waived": False}, ["1", "1", "2", "3"]),
    ({"owner": "acc-nobody"}, []),
    ({"states": frozenset({"fixed"})}, []),
    ({"states": frozenset({"owned", "fixed"})}, []),
    ({"states": frozenset({"detected", "verified"})}, ["1", "1", "2", "3"]),
    ({"states": EVERY}, ["1", "1", "2", "3"]),
    ({"states": frozenset()}, ["1", "1", "2", "3"]),
)


def test_a_list_is_narrowed_by_what_is_asked(two):
    platform, _, _ = two
    for query, found in NARROWED:
        assert titles(platform, platform.auditor, **query) == found, query
        assert platform.findings.count(platform.auditor, Query(**query)) == len(found)


def test_counts_are_by_what_is_asked(two):
    platform, other, shop = two
    counts = platform.findings.counts
    assert counts(platform.auditor, Query(), "severity") == {"critical": 1, "medium": 2, "low": 1}
    assert counts(platform.auditor, Query(), "service") == {platform.service: 2, shop: 2}
    assert counts(platform.auditor, Query(), "team") == {platform.team: 2, other: 2}
    assert counts(platform.dev, Query(), "practice") == {"code": 1, "exposure": 1}
    assert counts(platform.auditor, Query(states=EVERY), "state") == {"detected": 4}


def test_due_before_and_overdue_follow_the_clock(two):
    platform, _, _ = two
    soon = platform.clock() + timedelta(days=8)
    assert titles(platform, platform.auditor, due_before=soon) == ["2"]
    platform.clock.forward(days=9)
    assert titles(platform, platform.auditor, overdue=True) == ["2"]


def test_a_list_is_in_the_order_that_is_asked_for(two):
    platform, _, _ = two
    rows = platform.findings.list(platform.auditor, Query(sort="severity")).rows
    assert [one.severity for one in rows] == ["critical", "medium", "medium", "low"]
    rows = platform.findings.list(platform.auditor, Query(sort="due")).rows
    assert [one.due_at for one in rows] == sorted(one.due_at for one in rows)
    with pytest.raises(AskedWronglyError):
        platform.findings.list(platform.auditor, Query(sort="colour"))  # type: ignore[arg-type]


def test_a_cursor_of_another_list_is_refused(two):
    platform, _, _ = two
    listing = platform.findings.list(platform.auditor, Query(), Page(1))
    for query, cursor in (
        (Query(sort="severity"), listing.next_cursor),
        (Query(), "not a cursor"),
        (Query(), "WyJub3QgYSB0aW1lIiwgImZuZC0xIl0"),  # ["not a time", "fnd-1"]
    ):
        with pytest.raises(AskedWronglyError):
            platform.findings.list(platform.auditor, query, Page(1, cursor))


def test_reports_are_listed_newest_first_a_page_at_a_time(small: World):
    for number in range(5):
        small.send(finding(number), complete=())
        small.clock.forward(hours=1)
    first = small.findings.reports(small.dev, "checkout", Page(3))
    rest = small.findings.reports(small.dev, "checkout", Page(3, first.next_cursor))
    assert rest.next_cursor is None
    times = [one.received_at for one in (*first.rows, *rest.rows)]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 5
    assert all(one.whole for one in first.rows)


def test_a_history_names_every_source_and_event(small: World):
    small.send(finding(1), source="bandit")
    small.send(finding(1), source="semgrep")
    small.clock.forward(days=1)
    small.send(source="bandit")
    history = small.findings.history(small.dev, small.one(states=OPEN).id)
    assert [(name, there) for name, there, _ in history.sources] == [("bandit", False), ("semgrep", True)]
    assert [event.action for event in history.events.rows] == ["finding:opened"]
