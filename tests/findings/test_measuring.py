import pytest
from tests.findings.world import World, finding

from wardline.findings.measures import Attainment, Cell, Exposure
from wardline.kernel.errors import AskedWronglyError, DeniedError, NotFoundError


@pytest.fixture
def lived(platform: World):
    """One fixed after 2 days, one after 10 (critical: late), one dismissed, one still open; and two more services."""
    platform.send(finding(1), finding(2, severity="critical"), finding(3), finding(4), commit="a" * 40)
    platform.dismissed(next(one.id for one in platform.all() if one.title.endswith("3")))
    platform.clock.forward(days=2)
    platform.send(finding(2, severity="critical"), finding(3), finding(4))
    platform.clock.forward(days=8)
    platform.send(finding(3), finding(4), commit="b" * 40)
    platform.clock.forward(days=90)
    return platform


def test_time_to_fix_is_a_curve_in_which_what_is_open_counts(lived: World):
    (curve,) = lived.findings.survival(lived.auditor)
    assert (curve.fixed, curve.dismissed, curve.still_open) == (2, 1, 1)
    assert [(point.days, round(point.open_share, 3)) for point in curve.points[1:3]] == [(2.25, 0.667), (10.25, 0.333)]
    assert curve.median_days == 10.25


def test_curves_are_drawn_for_each_group(lived: World):
    assert [curve.name for curve in lived.findings.survival(lived.auditor, by="severity")] == ["critical", "medium"]
    assert [curve.name for curve in lived.findings.survival(lived.auditor, by="team")] == ["Payments"]
    assert [curve.name for curve in lived.findings.survival(lived.auditor, by="service")] == ["Checkout"]
    assert [curve.fixed for curve in lived.findings.survival(lived.auditor, by="practice")] == [2]


def test_a_period_looks_only_at_what_happened_in_it(lived: World):
    (curve,) = lived.findings.survival(lived.auditor, days=30)
    assert (curve.fixed, curve.still_open) == (0, 1)
    assert lived.findings.attainment(lived.auditor, days=30).met == 0


def test_attainment_holds_late_ones_against_those_in_time(lived: World):
    attained = lived.findings.attainment(lived.auditor, days=365)
    assert attained == Attainment(open=1, late=1, waived=0, met=1, missed=2)
    assert attained.share == pytest.approx(1 / 3)


def test_exposure_is_every_day_that_something_was_open(lived: World):
    (exposure,) = lived.findings.exposure_days(lived.auditor, days=365).values()
    assert exposure.open_days == pytest.approx(0 + 2 + 10 + 100)
    assert exposure.running_days == exposure.open_days  # nothing runs anywhere
    (recent,) = lived.findings.exposure_days(lived.auditor, days=10).values()
    assert recent.open_days == pytest.approx(10)


def test_what_is_fixed_and_still_runs_is_still_exposure(platform: World):
    platform.catalog.record_deployment(platform.ci, platform.service, "production", "sha256:a", "a" * 40)
    platform.send(finding(1), commit="a" * 40)
    platform.clock.forward(days=3)
    platform.send(commit="b" * 40)
    platform.run("findings-verified")
    platform.clock.forward(days=4)
    (exposure,) = platform.findings.exposure_days(platform.auditor, by="service").values()
    assert (exposure.open_days, exposure.running_days) == (3, 7)
    platform.catalog.record_deployment(platform.ci, platform.service, "production", "sha256:b", "b" * 40)
    platform.run("findings-verified")
    platform.clock.forward(days=4)
    (exposure,) = platform.findings.exposure_days(platform.auditor).values()
    assert (exposure.open_days, exposure.running_days) == (3, 7)


def test_each_number_stands_beside_the_one_it_could_be_flattered_with(lived: World):
    lived.send(finding(1), finding(3), finding(4))
    for by, name in (("team", "Payments"), ("service", "Checkout")):
        (pace,) = lived.findings.pace(lived.auditor, by)
        assert (pace.name, pace.open, pace.late, pace.fixed, pace.dismissed) == (name, 2, 1, 2, 1)
        assert pace.dismissed_share == pytest.approx(1 / 3)
        assert pace.came_back_share == 0.5
        assert pace.waived_share == 0
        assert pace.exposure.open_days == pytest.approx(112)


def test_the_heat_of_each_service_and_practice(lived: World):
    heat = lived.findings.heat(lived.auditor)
    assert heat.practices == ("code",)
    assert heat.services == ((lived.service, "Checkout", lived.one(states=frozenset({"detected"})).tier),)
    assert heat.cells == {(lived.service, "code"): Cell(open=1, late=1, waived=0, worst=2)}


@pytest.mark.parametrize("by", ["severity", "practice", "team", "service"])
def test_one_look_says_what_each_number_says_alone(lived: World, by):
    findings, who = lived.findings, lived.auditor
    lived.send(finding(1), finding(3), finding(4))
    for team in (None, lived.team, "tea-none"):
        seen = findings.velocity(who, by=by, team=team)
        assert seen.curves == findings.survival(who, by=by, team=team)
        assert (seen.whole,) == (findings.survival(who, team=team) or (None,))
        assert seen.attainment == findings.attainment(who, days=180, team=team)
        assert seen.exposure == findings.exposure_days(who, days=180, team=team).get("", Exposure(0, 0))
        assert seen.exposure_by_severity == findings.exposure_days(who, by="severity", days=180, team=team)
        assert seen.paces == (findings.pace(who) if team != "tea-none" else ())


def test_nobody_measures_what_they_may_not_see(lived: World):
    assert lived.findings.heat(lived.stranger).services == ()
    assert lived.findings.survival(lived.stranger) == ()
    assert lived.findings.exposure_days(lived.stranger) == {"": Exposure(0, 0)}
    assert lived.findings.pace(lived.stranger) == ()
    assert lived.findings.attainment(lived.stranger) == Attainment(0, 0, 0, 0, 0)
    assert len(lived.findings.survival(lived.dev)) == 1
    with pytest.raises(DeniedError):
        lived.findings.heat(lived.dev._replace(permissions=frozenset()))


def test_what_is_no_period_or_group_is_refused(small: World):
    for days in (0, -1, 10_000):
        with pytest.raises(AskedWronglyError):
            small.findings.survival(small.auditor, days=days)
    with pytest.raises(AskedWronglyError):
        small.findings.survival(small.auditor, by="colour")  # type: ignore[arg-type]
    with pytest.raises(AskedWronglyError):
        small.findings.pace(small.auditor, "severity")  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        small.findings.attainment(small.auditor, service="nowhere")


def test_a_timeline_counts_every_cycle_for_the_days_that_it_was_open(platform: World):
    platform.send(finding(1), finding(2, severity="critical"))
    platform.clock.forward(days=2)
    platform.send(finding(2, severity="critical"))
    platform.clock.forward(days=2)
    platform.send(finding(1), finding(2, severity="critical"))  # it came back: the days between were clear of it
    platform.clock.forward(days=1)
    days = platform.findings.timeline(platform.auditor, platform.service, days=6)
    assert [day.critical for day in days] == [0, 1, 1, 1, 1, 1, 1]
    assert [day.medium for day in days] == [0, 1, 1, 0, 0, 1, 1]
    assert days[-1].day == platform.clock().date()


def test_a_timeline_is_shown_to_whoever_may_see_the_service(platform: World):
    with pytest.raises(NotFoundError):
        platform.findings.timeline(platform.auditor, "nowhere")
    stranger = platform.auditor._replace(permissions=frozenset({"finding:read"}), teams=frozenset())
    with pytest.raises(NotFoundError):
        platform.findings.timeline(stranger, platform.service)
    assert platform.findings.reported(stranger) == frozenset()


def test_a_clean_report_is_a_report(platform: World):
    assert platform.findings.reported(platform.auditor) == frozenset()
    platform.send(branch="topic")
    assert platform.findings.reported(platform.auditor) == frozenset()
    platform.send()
    assert platform.findings.reported(platform.auditor) == {platform.service}
