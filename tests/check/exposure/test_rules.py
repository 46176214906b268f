"""The contract of every exposure rule, run through the engine: what it finds, what it leaves alone, how it is written.

A rule file that is added is under this contract at once.
"""

import re
from collections import Counter

import pytest

from wardline.check.exposure import patterns, triggers
from wardline.check.exposure.catalogue import providers, rules
from wardline.check.exposure.examples import firing, quiet
from wardline.findings.report import SEVERITIES

PROVIDERS = providers()
RULES = rules()
KNOWN_KEYS = {
    "id",
    "title",
    "pattern",
    "keywords",
    "near",
    "seek",
    "min_entropy",
    "validators",
    "checksum",
    "model",
    "until",
    "severity",
    "confidence",
    "allow",
    "binary",
    "hashable",
    "personal",
    "fires",
    "quiet",
}
EXAMPLES_OF_EACH = 3


def named(part):
    return part.module.rpartition(".")[2]


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_a_rule_fires_on_its_examples_and_names_the_value_exactly(provider, engine):
    for seed in range(EXAMPLES_OF_EACH):
        for rule, text, value in firing(provider, str(seed)):
            hits, more, _ = engine.search(text.encode(), "settings.txt")
            assert not more
            found = [hit for hit in hits if hit.rule.id == rule.id]
            assert [hit.value for hit in found if hit.value.startswith(value.encode())], (rule.id, seed)


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_a_rule_fires_in_the_middle_of_a_file_and_says_the_line(provider, engine):
    for rule, text, _value in firing(provider, "middle"):
        around = b"# settings\n\n" + text.encode() + b"\nend = 1\n"
        hits, _, _ = engine.search(around, "settings.txt")
        lines = [hit.line for hit in hits if hit.rule.id == rule.id]
        assert lines, rule.id
        assert 3 <= lines[0] <= 3 + text.count("\n")


@pytest.mark.parametrize("provider", PROVIDERS, ids=named)
def test_a_rule_is_quiet_where_it_has_to_be(provider, engine):
    for seed in range(EXAMPLES_OF_EACH):
        for rule, text in quiet(provider, str(seed)):
            hits, _, _ = engine.search(text.encode(), "settings.txt")
            assert [hit.line for hit in hits if hit.rule.id == rule.id] == [], rule.id


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_written_as_the_engines_can_run_it(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
    assert rule.severity in SEVERITIES
    assert rule.severity != "unknown"
    assert rule.confidence in {"high", "medium", "low"}
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.repair
    assert not rule.repair.endswith(".")
    assert rule.seek in {"", "pattern"}
    assert rule.keywords or rule.near, "a match contains a keyword, or one is near it"
    assert all(word == word.lower() and word for word in (*rule.keywords, *rule.near))
    compiled = re.compile(rule.pattern.encode("ascii"))
    assert "secret" in compiled.groupindex
    assert set(compiled.groupindex) <= {"secret", "name"}
    assert b"" not in [match.group() for match in compiled.finditer(b"a b\n")], "it matches nothing at all"
    for expression in (rule.pattern, *rule.allow):
        assert not re.search(r"\\s|\\S|\\Z|\\z|\(\?[=!<]|\\[1-9]|[^(]\?\+|\*\+", expression.replace("(?P<", "")), (
            "engines differ about these"
        )
        if patterns.re2():
            patterns.with_re2(expression)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_pattern_cannot_explode(rule):
    from re import _parser

    parsed = _parser.parse(rule.pattern)
    assert product(parsed) <= 20_000, "repeats multiply: bound them tighter"
    assert open_repeats(parsed) <= 1, "at most one open repeat, and that of single characters"
    assert sum(1 for _ in parsed) > 0


def product(tokens):
    """Return how many characters a bounded match has at most, an open repeat counted as one."""
    total = 0
    for kind, value in tokens:
        name = str(kind)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            most = 1 if value[1] > 10_000 else value[1]
            assert value[1] > 10_000 or value[1] <= 1000, "RE2 repeats at most 1,000 times"
            total += most * product(value[2])
        elif name == "SUBPATTERN":
            total += product(value[3])
        elif name == "BRANCH":
            total += max(product(branch) for branch in value[1])
        else:
            total += 1
    return total


def open_repeats(tokens, *, inside=False):
    found = 0
    for kind, value in tokens:
        name = str(kind)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            opened = value[1] > 10_000
            assert not (opened and inside), "an open repeat inside a repeat explodes"
            found += opened + open_repeats(value[2], inside=inside or value[1] > 1)
        elif name == "SUBPATTERN":
            found += open_repeats(value[3], inside=inside)
        elif name == "BRANCH":
            found += max(open_repeats(branch, inside=inside) for branch in value[1])
    return found


def test_rule_names_are_unique_and_every_key_is_known():
    assert [name for name, count in Counter(rule.id for rule in RULES).items() if count > 1] == []
    for provider in PROVIDERS:
        assert provider.title
        assert "**Why it matters.**" in provider.doc, provider.module
        assert "**How it is found.**" in provider.doc, provider.module
        assert "**How to repair it.**" in provider.doc, provider.module
        for declared in provider.declared:
            assert set(declared) <= KNOWN_KEYS, (declared["id"], set(declared) - KNOWN_KEYS)
            assert declared["fires"], declared["id"]
            assert declared["quiet"], declared["id"]


def test_all_triggers_compile_for_one_pass():
    if not triggers.available():
        pytest.skip("hyperscan is not installed here")
    assert triggers.AllAtOnce([triggers.Trigger(rule.trigger) for rule in RULES]).fired(b"nothing here") == []
