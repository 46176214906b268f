from datetime import timedelta

import pytest
from tests.findings.world import World, finding

VERIFY, LAPSE, FOLLOW = "findings-verified", "findings-dismissals", "findings-clocks"


def deployed(platform: World, commit: str | None, environment: str = "production") -> None:
    platform.catalog.record_deployment(platform.ci, platform.service, environment, f"sha256:{commit}", commit)


def test_a_finding_from_first_report_to_verified(platform: World):
    deployed(platform, "a" * 40)
    platform.send(finding(1), commit="a" * 40)
    one = platform.one().id
    platform.findings.start(platform.dev, one)
    platform.clock.forward(days=3)
    platform.send(commit="b" * 40)
    assert platform.one().state == "fixed"
    assert platform.run(VERIFY) == ""  # what runs was built before the fix
    platform.clock.forward(hours=1)
    deployed(platform, "b" * 40)
    assert platform.run(VERIFY) == "1 verified"
    done = platform.one()
    assert (done.state, done.verified_at) == ("verified", platform.clock())
    assert platform.findings.history(platform.auditor, one).cycles[0].verified_at == platform.clock()
    assert platform.actions(one) == [
        "finding:opened", "finding:acknowledged", "finding:started", "finding:fixed", "finding:verified",
    ]  # fmt: skip
    assert platform.run(VERIFY) == ""
    platform.clock.forward(days=1)
    assert platform.send(finding(1), commit="c" * 40).reopened == 1
    assert (platform.one().state, platform.one().verified_at) == ("detected", None)


@pytest.mark.parametrize("commits", [(), ("b" * 40, "a" * 40), ("b" * 40, None), ("b" * 40, "c" * 40)])
def test_it_is_not_verified_while_anything_runs_that_nobody_found_clean(small: World, commits):
    small.send(finding(1), commit="a" * 40)
    small.clock.forward(days=1)
    small.send(commit="b" * 40)
    for number, commit in enumerate(commits):
        deployed(small, commit, f"place-{number}")
    assert small.run(VERIFY) == ""
    assert small.one().state == "fixed"


def test_a_scan_of_something_else_verifies_nothing(small: World):
    small.send(finding(1), commit="a" * 40)
    small.clock.forward(days=1)
    small.send(commit="b" * 40)
    deployed(small, "c" * 40)
    small.send(commit="c" * 40, complete=())
    small.send(commit="c" * 40, source="semgrep")
    small.send(commit="c" * 40, gaps=({"practice": "code", "scope": "src"},), idempotency="with a gap")
    assert small.run(VERIFY) == ""
    small.send(commit="c" * 40, idempotency="whole")
    assert small.run(VERIFY) == "1 verified"


def test_a_look_back_at_an_old_commit_verifies_nothing(small: World):
    small.send(finding(1), commit="a" * 40)
    small.clock.forward(days=1)
    small.send(commit="b" * 40)
    deployed(small, "a" * 40)
    small.clock.forward(days=1)
    assert small.send(commit="a" * 40, idempotency="with another rule set").stale
    assert small.run(VERIFY) == ""


def test_a_dismissal_lapses_into_a_new_cycle_while_it_is_still_reported(platform: World):
    platform.send(finding(1))
    one = platform.one().id
    platform.dismissed(one, days=30)
    platform.clock.forward(days=20)
    assert platform.run(LAPSE) == ""
    platform.clock.forward(days=10)
    assert platform.run(LAPSE) == "1 dismissals lapsed"
    again = platform.one()
    assert (again.state, again.cycle) == ("detected", 2)
    assert again.due_at - platform.clock() == timedelta(days=45)
    assert platform.actions(one)[-2:] == ["finding:dismissal-lapsed", "finding:reopened"]
    assert platform.run(LAPSE) == ""


def test_a_dismissal_of_what_is_gone_lapses_into_fixed(platform: World):
    platform.send(finding(1))
    one = platform.one().id
    platform.dismissed(one, days=30)
    platform.clock.forward(days=1)
    platform.send()
    assert platform.one().state == "dismissed"
    platform.clock.forward(days=40)
    platform.run(LAPSE)
    assert platform.one().state == "fixed"
    platform.clock.forward(days=1)
    assert platform.send(finding(1)).reopened == 1


def test_clocks_follow_a_service_that_becomes_more_important(platform: World):
    platform.send(finding(1), finding(2, severity="low"))
    assert platform.run(FOLLOW) == ""
    platform.clock.forward(days=1)
    platform.catalog.put_service(platform.security, "checkout", exposed=True)
    platform.catalog.argue_tier(platform.security, "checkout", 1, "it takes the money")
    assert platform.run(FOLLOW) == "2 findings followed their services or the policy"
    first, second = platform.all()
    assert first.due_at - platform.clock() == timedelta(days=45)
    assert second.due_at - platform.clock() == timedelta(days=90)
    assert platform.run(FOLLOW) == ""
    platform.catalog.argue_tier(platform.security, "checkout", 4, "it does not after all")
    platform.run(FOLLOW)
    assert platform.all() == [
        one._replace(tier=platform.all()[0].tier) for one in (first, second)
    ]  # due times only tighten


def test_findings_follow_their_service_to_another_team(platform: World):
    platform.send(finding(1))
    other = platform.catalog.put_team(platform.security, "orders", name="Orders")
    platform.catalog.put_service(platform.security, "checkout", team=other.id)
    assert platform.run(FOLLOW) == "1 findings followed their services or the policy"
    assert (platform.one().team_name, platform.one().state) == ("Orders", "detected")
    assert platform.actions(platform.one().id)[-1] == "finding:assigned"


def test_clocks_follow_a_stricter_policy(platform: World):
    platform.send(finding(1))
    platform.clock.forward(days=1)
    platform.findings.put_policy(platform.security, '[windows]\ncritical = "1 day"\nhigh = "2 days"\nmedium = "3 days"')
    assert platform.run(FOLLOW) == "1 findings followed their services or the policy"
    assert platform.one().due_at == platform.clock() + timedelta(days=3)


def test_a_duty_that_is_told_to_stop_stops(small: World):
    small.send(finding(1))
    turn = small.turn()
    turn.stopping = True
    for duty in small.findings.duties():
        assert duty.run(turn) == ""
