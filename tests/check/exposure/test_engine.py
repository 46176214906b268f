"""The engine is bounded, says every value once, and shows none."""

import pytest
from tests.check.exposure.credentials import every, github

from wardline.check.exposure import patterns
from wardline.check.exposure.catalogue import rules
from wardline.check.exposure.engine import MAX_HITS
from wardline.kernel.sandbox import deadline


def test_one_value_is_said_once_by_the_rule_that_is_surest(engine):
    hits, _, _ = engine.search(f'api_token = "{github()}"'.encode(), "a.py")
    assert [hit.rule.id for hit in hits] == ["github-personal-access-token"]


def test_the_line_is_kept_without_any_value_on_it(engine):
    first, second = github("one"), github("two")
    hits, _, _ = engine.search(f"x\nlogin {first} or {second} now\n".encode(), "a")
    assert [hit.elided for hit in hits] == [b"login\0or\0now"] * 2
    assert [(hit.line, hit.column) for hit in hits] == [(2, 7), (2, 51)]


def test_a_hit_does_not_show_its_value(engine):
    text, value = every()["password-in-code"]
    hits, _, _ = engine.search(text.encode(), "a.py")
    assert hits
    assert value not in repr(hits)


def test_more_than_is_listed_is_said(engine):
    content = "\n".join(f"{github(str(number % 3))} {number}" for number in range(MAX_HITS + 5)).encode()
    hits, more, _ = engine.search(content, "a")
    assert len(hits) == MAX_HITS
    assert more


def test_a_checksum_that_is_wrong_lowers_the_confidence(engine):
    value = github()
    wrong = value[:-1] + ("a" if value[-1] != "a" else "b")
    assert [hit.confidence for hit in engine.search(value.encode(), "a")[0]] == ["high"]
    assert [hit.confidence for hit in engine.search(wrong.encode(), "a")[0]] == ["low"]


# Lines that make a backtracking engine try again and again.
HOSTILE = {
    "one letter": b"a" * 60_000,
    "words": b"pass" * 15_000,
    "dashes": b"-----BEGIN " * 6000,
    "colons": b"a://b:" * 10_000,
    "spaces": b"password = " + b" " * 50_000,
    "percent": b"%3A" * 20_000,
    "dots": b"eyJ" + b"a." * 30_000,
    "quotes": b"key='" * 12_000,
    "names": b"A_password_" * 5000 + b"=",
    "base64": b"QUJD" * 15_000,
    "signature": b"?sv=" + b"&sv=" * 15_000,
}


@pytest.mark.parametrize("line", HOSTILE)
def test_no_line_takes_long(line, engine):
    with deadline(20.0):
        hits, _, _ = engine.search(HOSTILE[line], "a.env")
    assert len(hits) <= MAX_HITS


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_no_pattern_alone_takes_long_even_with_the_standard_library(rule):
    pattern = patterns.with_re(rule.pattern)
    with deadline(20.0):
        for line in HOSTILE.values():
            for _ in pattern.spans(line[:8000]):
                pass
    assert pattern.first(b"\n") == -1
