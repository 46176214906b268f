import re

import pytest
from tests.check.exposure.credentials import every

from wardline.check.exposure import patterns
from wardline.check.exposure.catalogue import rules
from wardline.check.exposure.model import Candidate, Rule, either


def test_a_candidate_shows_nothing_and_knows_whether_it_is_quoted():
    one = Candidate(b"hunter2", b"password", b'password = "', b'"', "a.py")
    assert repr(one) == "Candidate(…)"
    assert one.quoted
    assert not one._replace(before=b"password = ").quoted


@pytest.mark.parametrize(
    ("pattern", "trigger"),
    [
        ("a{3}", "a{3}"),
        ("a{64}", "a{48,}"),
        ("a{20,}", "a{20,}"),
        ("a{2,100}", "a{2,}"),
        (r"a\{64}", r"a\{64}"),
    ],
)
def test_a_trigger_counts_no_further_than_is_quick(pattern, trigger):
    assert Rule(id="x", title="x", pattern=pattern).trigger == trigger


def test_what_is_near_is_asked_first_unless_the_pattern_is_rarer():
    rule = Rule(id="x", title="x", pattern="[a-z]{40}", near=("acme.io", "acme key"))
    assert rule.trigger == "(?i:acme\\.io|acme key)"
    assert rule._replace(seek="pattern").trigger == "[a-z]{40}"


def test_a_trigger_matches_wherever_its_rule_fires():
    for rule in rules():
        text, _ = every("trigger")[rule.id]
        assert patterns.with_re(rule.trigger).first(text.encode()) >= 0, rule.id


def test_literals_are_taken_as_they_are_written():
    expression = re.compile(either(("a.b*", "key=(")))
    assert expression.search("x A.B* y")
    assert expression.search("key=(")
    assert not expression.search("axbb")
