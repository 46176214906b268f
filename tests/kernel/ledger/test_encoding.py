"""RFC 8785's own examples, and what strangers put into details."""

import json
import struct
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.errors import AskedWronglyError, TooLargeError
from wardline.kernel.ledger import encoding

# RFC 8785, appendix B.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


@pytest.mark.parametrize("bits", NUMBERS)
def test_numbers_are_written_as_the_rfc_has_them(bits):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert encoding.canonical(number) == NUMBERS[bits]


def test_names_stand_in_the_rfc_order():
    # RFC 8785 §3.2.3: a name beyond the basic plane comes before U+FB33, by its UTF-16 code units.
    given_names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(encoding.canonical(given_names)).values()) == [2, 4, 6, 7, 1, 5, 3]


def test_text_is_escaped_as_the_rfc_has_it():
    assert encoding.canonical('\u20ac$\x0f\nA\'B"\\\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'


def test_the_rfc_example_comes_out_whole():
    value = {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27], "literals": [None, True, False]}
    assert encoding.canonical(value) == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}'
    )


def test_half_a_surrogate_becomes_a_replacement_character():
    assert encoding.canonical({"a\ud800": "\udc00 \U0001f600"}) == '{"a\ufffd":"\ufffd \U0001f600"}'


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        float("nan"),
        float("inf"),
        {1: 2},
        {"a": b"bytes"},
        {"a": {1, 2}},
        datetime(2026, 3, 2, tzinfo=UTC),
        Ellipsis,
    ],
    ids=repr,
)
def test_what_is_no_json_value_is_refused(value):
    with pytest.raises(AskedWronglyError):
        encoding.canonical({"value": value})


def test_what_is_nested_too_deep_is_refused():
    value: object = 1
    for _ in range(100_000):
        value = [value]
    with pytest.raises(AskedWronglyError, match="deeper than 32"):
        encoding.canonical(value)


def test_what_is_too_large_is_refused():
    with pytest.raises(TooLargeError):
        encoding.canonical("x" * 65536)
    with pytest.raises(TooLargeError):
        encoding.about_text(f"svc-{n}" for n in range(101))


def test_what_an_event_is_about_stands_in_order_and_once():
    assert encoding.about_text(["svc-2", "fnd-1", "svc-2"]) == '["fnd-1","svc-2"]'


def test_an_entry_is_what_the_docstring_says():
    row = {
        "id": "evt-1", "at": datetime(2026, 3, 2, 11, 0, 0, 5, tzinfo=timezone(timedelta(hours=2))), "actor": "acc-1",
        "actor_name": 'Ada "A"', "via": "", "action": "finding:opened", "subject": "fnd-1",
        "about": encoding.about_text(["svc-1"]), "details": encoding.canonical({"b": 1, "a": "é"}),
    }  # fmt: skip
    assert encoding.entry(row).decode() == (
        '{"about":["svc-1"],"action":"finding:opened","actor":"acc-1","actor_name":"Ada \\"A\\"",'
        '"at":"2026-03-02T09:00:00.000005Z","details":{"a":"é","b":1},"id":"evt-1","subject":"fnd-1","v":1,"via":""}'
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2**53) + 1, 2**53 - 1)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_canonical_text_says_the_same_value_and_has_one_spelling(value):
    written = encoding.canonical(value)
    assert encoding.read(written) == value
    assert encoding.canonical(encoding.read(written)) == written


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({name: st.text() for name in ("id", "actor", "actor_name", "via", "action", "subject")}))
def test_an_entry_is_canonical_as_a_whole(texts):
    row = {**texts, "at": datetime(2026, 3, 2, tzinfo=UTC), "about": '["x"]', "details": '{"a":[1.5]}'}
    written = encoding.entry(row)
    assert encoding.canonical(json.loads(written)).encode() == written
