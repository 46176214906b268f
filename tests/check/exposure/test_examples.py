import re

import pytest

from wardline.check.exposure.catalogue import providers
from wardline.check.exposure.examples import firing, generated, quiet, seeded

EXPRESSIONS = ["[a-f0-9]{8}", "x{3}y?", "(?:ab|cd){2}", r"[\d_]{4}\w", "key-(1|2)", "a*?b+", "^end$"]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_generated_is_what_the_expression_says(expression):
    for seed in "abc":
        assert re.fullmatch(expression, generated(expression, seeded(seed)))


@pytest.mark.parametrize("expression", [r"(a)\1", "(?=a)b", "[^a]."])
def test_what_has_no_obvious_example_is_refused(expression):
    with pytest.raises((ValueError, KeyError)):
        generated(expression, seeded("a"))


def test_a_seed_gives_the_same_examples_and_another_seed_others():
    (provider,) = [one for one in providers() if one.name == "GitHub"]
    values = [value for _, _, value in firing(provider, "one")]
    assert values == [value for _, _, value in firing(provider, "one")]
    assert not set(values) & {value for _, _, value in firing(provider, "two")}
    assert all(value in text for _, text, value in firing(provider, "one"))


def test_every_rule_has_examples_of_both_kinds():
    for provider in providers():
        fires = {rule.id for rule, _, _ in firing(provider, "a")}
        assert fires == {rule.id for rule, _ in quiet(provider, "a")} == {rule.id for rule in provider.rules}
