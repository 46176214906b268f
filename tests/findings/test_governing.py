from datetime import timedelta

import pytest
from tests.findings.world import World, finding

from wardline.findings.policy import Policy
from wardline.findings.policy_file import PolicyError
from wardline.kernel.errors import DeniedError

STRICT = '[windows]\ncritical = "1 day"\nhigh = "2 days"\nmedium = "5 days"\n'
MILD = '[windows]\nlow = "300 days"\n'


def test_without_a_file_the_defaults_stand(platform: World):
    standing = platform.findings.policy(platform.dev)
    assert (standing.policy, standing.text, standing.author) == (Policy(), "", None)


def test_a_dry_run_says_what_would_change_and_changes_nothing(platform: World):
    platform.send(finding(1), finding(2, severity="low"), finding(3, severity="critical"))
    before = platform.all()
    trial = platform.findings.try_policy(platform.dev, STRICT + 'low = "300 days"\n')
    assert (trial.open, trial.sooner, trial.kept) == (3, 2, 1)
    assert [(one.key, one.before, one.after) for one in trial.differences][:2] == [
        ("windows.critical", "7 days", "1 day"),
        ("windows.high", "30 days", "2 days"),
    ]
    assert [(one.title[-1], one.after - platform.clock()) for one in trial.examples] == [
        ("3", timedelta(days=1)),
        ("1", timedelta(days=5)),
    ]
    assert platform.all() == before
    assert platform.findings.policy(platform.dev).policy == Policy()


def test_what_a_dry_run_says_comes_true(platform: World):
    platform.send(finding(1), finding(2, severity="low", advisories=("CVE-2026-1",)), finding(3, severity="critical"))
    platform.clock.forward(days=2)
    trial = platform.findings.try_policy(platform.security, STRICT)
    platform.findings.put_policy(platform.security, STRICT)
    (duty,) = [duty for duty in platform.findings.duties() if duty.name == "findings-clocks"]
    assert duty.run(platform.turn()).startswith(f"{trial.sooner} findings")
    due = {one.id: one.due_at for one in platform.all()}
    assert all(due[one.finding] == one.after for one in trial.examples)


def test_a_change_of_the_policy_is_on_the_record_and_counts_for_everybody(platform: World):
    standing = platform.findings.put_policy(platform.security, MILD)
    assert (standing.author, standing.text) == ("Sec", MILD)
    assert platform.findings.policy(platform.dev) == standing
    assert platform.actions("policy") == ["policy:changed"]
    platform.findings.put_policy(platform.security, MILD)
    assert platform.actions("policy") == ["policy:changed"]
    platform.send(finding(1, severity="low"))
    assert platform.one().due_at - platform.clock() == timedelta(days=300)


def test_a_nodes_file_is_adopted_once(small: World):
    assert small.findings.adopt_policy(STRICT)
    assert not small.findings.adopt_policy(STRICT)
    assert small.findings.policy(small.dev).author == "Wardline"
    with pytest.raises(PolicyError, match="line 1"):
        small.findings.adopt_policy("[window]")


def test_only_who_may_changes_it(small: World):
    for who in (small.dev, small.auditor, small.ci):
        with pytest.raises(DeniedError):
            small.findings.put_policy(who, STRICT)
    with pytest.raises(DeniedError):
        small.findings.try_policy(small.dev._replace(permissions=frozenset()), STRICT)
    with pytest.raises(PolicyError):
        small.findings.put_policy(small.security, "[windows]\ncritical = 7")
