import pytest

from wardline.check.rules import UnknownRuleError, rule, rules


def test_every_practice_that_is_asked_for_says_its_rules():
    assert "vulnerable-dependency" in rules(("dependencies",))
    assert "password-in-code" not in rules(("dependencies",))
    assert rules(("exposure",))["password-in-code"].help


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one():
    with pytest.raises(UnknownRuleError) as caught:
        rule("pasword-in-code")
    assert "password-in-code" in caught.value.hint


def test_a_repositorys_own_rule_is_explained_where_it_stands():
    with pytest.raises(UnknownRuleError) as caught:
        rule("team/acme-key")
    assert ".wardline/exposure.toml" in caught.value.hint
