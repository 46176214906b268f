"""A team's rules are bounded in time, and what they did not look at is said."""

import pytest

from wardline.check.exposure import team
from wardline.check.exposure.contents import search
from wardline.check.exposure.engine import default
from wardline.check.exposure.go_syntax import with_re
from wardline.check.exposure.model import Rule
from wardline.check.exposure.team import Team, TeamRule

SLOW = r"(a+a+)+b"


def rule(expression, name="team/acme"):
    return TeamRule(Rule(id=name, title="An Acme key", pattern="regex", provider="x.toml"), with_re(expression))


def test_an_expression_that_never_ends_is_ended_said_once_and_left_out(monkeypatch):
    monkeypatch.setattr(team, "SECONDS_PER_RULE", 0.05)
    listed = Team([rule(SLOW), rule("k[0-9]{3}", "team/other")])
    engine = default().with_team(listed)
    content = b"a" * 60 + b"\nk123\n"
    found = search(content, "a", engine)
    assert [hit.rule.id for hit in found.hits] == ["team/other"]
    assert ["team/acme took longer than 0.05 s" in reason for reason in found.unread] == [True]
    assert search(content, "b", engine).unread == ()


def test_too_many_that_never_end_end_all(monkeypatch):
    monkeypatch.setattr(team, "SECONDS_PER_RULE", 0.01)
    listed = Team([*(rule(SLOW, f"team/{number}") for number in range(20)), rule("k[0-9]{3}", "team/other")])
    assert listed.places(b"a" * 60 + b"\nk123\n", "a") == []
    said = listed.unread()
    assert len(said) == team.MAX_OVERTIMES + 1
    assert "nor are the team's other rules" in said[-1]
    assert listed.unread() == []


def test_more_matches_than_are_judged_are_said(monkeypatch):
    monkeypatch.setattr(team, "MAX_MATCHES", 3)
    listed = Team([rule("k[0-9]")])
    assert len(listed.places(b"k1 k2 k3 k4", "a")) == 3
    assert "more than 3 times" in listed.unread()[0]


def test_a_line_of_a_million_columns_is_searched():
    listed = Team([rule("k([0-9]{3})")._replace(allowed=(team.Allowed(stopwords=(b"999",)),))])
    found = listed.places(b"x" * 1_000_000 + b"k123" + b"y" * 1_000_000, "a")
    assert [(one.start, one.end) for one in found] == [(1_000_001, 1_000_004)]


@pytest.mark.parametrize("path", ["a.p12", "\udcff.p12", "x/a.p12"])
def test_a_file_may_be_wrong_by_its_name(path):
    listed = Team([TeamRule(Rule(id="team/p12", title="A key file", pattern=""), None, with_re(r"\.p12$"))])
    assert [one.id for one in listed.about(path)] == ["team/p12"]
    assert listed.about(path + "x") == []


def test_a_house_rule_that_is_surer_says_it_instead():
    from tests.check.exposure.credentials import github

    engine = default().with_team(Team([rule("ghp_[A-Za-z0-9]{36}")]))
    assert [hit.rule.id for hit in search(github().encode(), "a", engine).hits] == ["github-personal-access-token"]
