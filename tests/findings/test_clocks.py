from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.findings.world import finding

from wardline.findings import clocks
from wardline.findings.clocks import Facts
from wardline.findings.policy import Policy
from wardline.findings.policy_file import read
from wardline.findings.report import SEVERITIES, Exploited

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
POLICY = Policy()
DAY = timedelta(days=1)

flags = st.booleans()
unknown = st.none() | st.booleans()
known = st.builds(
    Facts,
    severity=st.sampled_from(SEVERITIES),
    tier=st.integers(1, 4),
    exposed=flags,
    cve=flags,
    exploited=flags,
    automatable=unknown,
    total=unknown,
    leaked=flags,
    ungated=flags,
)


def facts(severity="medium", *, tier=3, exposed=False, **more):
    return Facts(severity, tier, exposed, **more)


@pytest.mark.parametrize(
    ("known", "days"),
    [
        (facts("critical"), 7),
        (facts("high"), 30),
        (facts("medium"), 90),
        (facts("low"), 180),
        (facts("info"), 180),
        (facts("unknown"), 30),
        (facts("critical", tier=2, exposed=True), 3.5),
        (facts("critical", tier=3, exposed=True), 7),
        (facts("critical", tier=1), 7),
        (facts("low", leaked=True), 1),
        (facts("low", ungated=True), 1),
        (facts("low", cve=True, exploited=True), 14),
        (facts("medium", cve=True, exposed=True), 60),
    ],
)
def test_the_shortest_window_counts(known, days):
    assert clocks.started(known, POLICY, NOW).due_at - NOW == timedelta(days=days)


@pytest.mark.parametrize("exploited", [False, True])
@pytest.mark.parametrize("exposed", [False, True])
@pytest.mark.parametrize("automatable", [False, True])
@pytest.mark.parametrize("total", [False, True])
def test_the_four_facts_are_read_as_the_table_says(exploited, exposed, automatable, total):
    said = clocks.cisa(exploited=exploited, exposed=exposed, automatable=automatable, total=total)
    if (exploited and total and (exposed or automatable)) or (exposed and automatable and (exploited or total)):
        wanted = "act"
    elif exploited or (exposed and automatable) or (exposed and total):
        wanted = "attend"
    elif exposed or automatable:
        wanted = "track"
    else:
        wanted = "otherwise"
    assert said == wanted


def test_a_due_time_says_in_words_why_it_is_then():
    clock = clocks.started(
        facts("high", tier=1, exposed=True, cve=True, exploited=True, exploited_since="2026-02-01"), POLICY, NOW
    )
    assert clock.words == (
        "severity high: 30 days, and 15 days as the service faces the internet and is of tier 1",
        (
            "CISA's four facts (known to be exploited since 2026-02-01, facing the internet, whether attacks can be "
            "automated and whether impact is total is not known and not counted): 14 days"
        ),
        "the shortest counts: 14 days",
        "from 2026-03-02 09:00 UTC on, so it is due by 2026-03-16 09:00 UTC",
    )


@pytest.mark.parametrize(
    ("vector", "automatable", "total"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", True, True),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:N", False, False),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", True, True),
        ("CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:L/VI:H/VA:H/SC:N/SI:N/SA:N/AU:Y", True, False),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/AU:N", False, True),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", None, None),
        ("CVSS:3.1/AV:N", None, None),
        ("CVSS:3.1/::::/x", None, None),
        ("7.5", None, None),
        (None, None, None),
    ],
)
def test_what_a_vector_says_of_automation_and_impact(vector, automatable, total):
    known = clocks.facts(finding(vector=vector), tier=3, exposed=True)
    assert (known.automatable, known.total) == (automatable, total)


def test_facts_are_those_of_the_finding_and_of_its_service():
    cve = finding(advisories=("CVE-2026-1", "GHSA-x"), exploited=Exploited(since="2026-01-01"))
    assert clocks.facts(cve, tier=1, exposed=True) == Facts(
        "medium", 1, True, cve=True, exploited=True, exploited_since="2026-01-01"
    )
    leaked = finding(practice="exposure", cwe=("CWE-798",))
    assert clocks.facts(leaked, tier=3, exposed=False).leaked
    assert not clocks.facts(leaked._replace(confidence="low"), tier=3, exposed=False).leaked
    assert not clocks.facts(leaked._replace(cwe=("CWE-359",)), tier=3, exposed=False).leaked
    assert clocks.facts(finding(rule=clocks.UNGATED_DEPLOYMENT), tier=3, exposed=False).ungated


def test_a_regression_has_half_the_window():
    first = clocks.started(facts("high"), POLICY, NOW)
    again = clocks.started(facts("high"), POLICY, NOW, cycle=2)
    assert again.due_at - NOW == (first.due_at - NOW) / 2
    assert "it came back (cycle 2): 50% of that" in again.words


def test_somebody_says_mine_before_it_is_due():
    assert clocks.started(facts("critical"), POLICY, NOW).acknowledge_by == NOW + timedelta(hours=4)
    assert clocks.started(facts("high"), POLICY, NOW).acknowledge_by == NOW + DAY
    assert clocks.started(facts("low"), POLICY, NOW).acknowledge_by == NOW + 7 * DAY  # five working days
    assert clocks.started(facts("low", leaked=True), POLICY, NOW).acknowledge_by == NOW + DAY


def test_what_becomes_known_later_counts_from_then():
    standing = clocks.started(facts("low", cve=True), POLICY, NOW)
    later = NOW + 60 * DAY
    tight = clocks.tightened(standing, facts("low", cve=True, exploited=True), POLICY, later)
    assert tight.due_at == later + 14 * DAY
    assert tight.words[-1].startswith("before, it was due by 2026-08-29")


def test_a_stricter_policy_tightens_and_a_milder_one_does_not_loosen():
    standing = clocks.started(facts("high"), POLICY, NOW)
    strict = read('[windows]\ncritical = "1 day"\nhigh = "2 days"')
    mild = read('[windows]\nhigh = "80 days"')
    assert clocks.tightened(standing, facts("high"), mild, NOW + DAY) == standing
    assert clocks.tightened(standing, facts("high"), strict, NOW + DAY).due_at == NOW + 3 * DAY


@given(known, known, st.integers(0, 400), st.integers(1, 5))
def test_due_times_only_move_earlier(before, after, hours, cycle):
    standing = clocks.started(before, POLICY, NOW, cycle=cycle)
    moved = clocks.tightened(standing, after, POLICY, NOW + timedelta(hours=hours), cycle=cycle)
    assert moved.due_at <= standing.due_at
    assert moved.acknowledge_by <= standing.acknowledge_by
    assert clocks.tightened(moved, after, POLICY, NOW + timedelta(hours=hours), cycle=cycle) == moved._replace(
        words=moved.words
    )
    assert (moved.words == standing.words) == (moved.due_at == standing.due_at)


@given(known)
def test_facts_that_are_packed_come_back_as_they_were(facts):
    number = clocks.packed(facts)
    again = clocks.unpacked(
        number, severity=facts.severity, exploited=facts.exploited, tier=facts.tier, exposed=facts.exposed
    )
    assert again == facts._replace(exploited_since=None)
