import io
import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.findings.importers import json_cursor
from wardline.findings.importers.json_stream import elements, headers, known, objects
from wardline.findings.importers.model import Bounds, DamagedReportError
from wardline.findings.importers.source import Source

# Whole numbers beyond 64 bits become fractions, as RFC 8259 section 6 warns: a test of their own, below.
WHOLE = st.integers(-(2**63), 2**64 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text('a"\\{}[],:é\n', max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('ab"\\{', max_size=3), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)
DOCUMENTS = st.fixed_dictionaries(
    {
        "x": VALUES,
        "r": st.lists(OBJECTS | VALUES, max_size=6),
        "y": VALUES,
        "z": st.dictionaries(st.text(max_size=3), VALUES, max_size=3),
    }
)


def source(text, **bounds):
    return Source(io.BytesIO(text if isinstance(text, bytes) else text.encode()), Bounds(**bounds))


def read(text, *patterns, **bounds):
    return list(elements(source(text, **bounds), *patterns))


@pytest.mark.parametrize("number", [-(2**63) - 1, 2**64, 10**30])
def test_a_whole_number_beyond_64_bits_comes_as_the_nearest_fraction(number):
    assert read(json.dumps({"y": number}), ("y",)) == [(("y",), float(number))]


@settings(max_examples=70, deadline=None)
@given(DOCUMENTS, st.sampled_from([1, 3, 17, 4096]), st.sampled_from([None, 1]), st.booleans())
def test_what_is_named_comes_as_a_whole_parser_reads_it(document, chunk, indent, plain):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_cursor, "_CHUNK_BYTES", chunk)
        patch.setattr(json_cursor, "_LOOK_AHEAD_BYTES", 64)
        document = {name: document[name] for name in "xryz"}
        text = json.dumps(document, indent=indent, ensure_ascii=plain)
        one = source(text)
        found = list(elements(one, ("r", "[]"), ("y",), ("z", "*")))
    wanted = [(("r", number), value) for number, value in enumerate(document["r"])]
    wanted += [(("y",), document["y"])] + [(("z", key), value) for key, value in document["z"].items()]
    assert found == [(path, value) for path, value in wanted if value is not None]
    assert one.troubles == {}


@settings(max_examples=70, deadline=None)
@given(DOCUMENTS, st.data())
def test_whatever_is_damaged_ends_with_one_error_or_none(document, data):
    text = bytearray(json.dumps(document).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.sampled_from(b'{}[]",:\\ a\x00\xff'))
    content = bytes(text[: data.draw(st.integers(0, len(text)))])
    limit = data.draw(st.sampled_from([4, 50, 10_000]))
    with suppress(DamagedReportError):  # whatever else it raises is a defect
        read(content, ("r", "[]"), ("z", "*"), ("x", "a"), max_element_bytes=limit)


def test_a_document_that_ends_early_names_the_byte_and_the_place():
    with pytest.raises(DamagedReportError, match=r"at byte \d+, in runs\[0\].results\[1\]: it ends in the middle"):
        read('{"runs": [{"results": [{"a": 1}, {"a": ', ("runs", "[]", "results", "[]"))


def test_an_element_that_is_too_large_is_left_out_and_said_and_the_next_come():
    large = {"text": 'x\\"' * 400_000, "more": ["{" * 1000] * 50}
    one = source(json.dumps({"r": [{"a": 1}, large, {"a": 2}]}), max_element_bytes=100_000)
    assert [value for _, value in elements(one, ("r", "[]"))] == [{"a": 1}, {"a": 2}]
    (trouble,) = one.troubles.values()
    assert trouble.times == 1


def test_what_strict_parsers_refuse_is_read_leniently():
    text = b'{"r": [{"a": NaN}, {"a": "\\ud800"}, {"a": "\xff\xfe"}, {"a": 1}]}'
    assert [value["a"] for _, value in read(text, ("r", "[]"))][1:] == ["\ud800", "\ufffd\ufffd", 1]


def test_an_element_that_is_no_json_is_left_out_and_said():
    one = source('{"r": [{"a": 1}, {a: 2}, {"a": 3}]}')
    assert [value for _, value in elements(one, ("r", "[]"))] == [{"a": 1}, {"a": 3}]
    assert [trouble.times for trouble in one.troubles.values()] == [1]


@pytest.mark.parametrize("deep", ["[" * 200_000, '{"a":' * 200_000, '{"r": [' + "[" * 200_000 + "]" * 200_000 + "]}"])
def test_nesting_without_end_is_no_recursion(deep):
    one = source(deep)
    with pytest.MonkeyPatch.context():
        try:
            assert [value for _, value in elements(one, ("r", "[]"))] == []
        except DamagedReportError:
            return
    assert one.troubles


def test_messages_before_the_report_are_passed_over_and_said():
    one = source('npm warn something\nInfo: starting\n{"r": [{"a": 1}]}\n')
    assert [value for _, value in elements(one, ("r", "[]"))] == [{"a": 1}]
    assert next(iter(one.troubles.values())).times == 2


def test_what_is_known_is_bounded():
    one = source(json.dumps({"r": [{"a": number} for number in range(50)]}), max_known=10)
    assert len(list(known(one, ("r", "[]")))) == 10
    assert one.troubles


def test_headers_come_by_the_place_of_their_object():
    document = {"r": [{"n": 1, "items": [1, 2]}, {"items": [], "n": 2, "k": "x"}]}
    assert headers(source(json.dumps(document)), [("r", "[]")], ["n", "k"]) == {
        ("r", 0): {"n": 1},
        ("r", 1): {"n": 2, "k": "x"},
    }


def test_objects_come_from_lines_arrays_and_one_after_the_other():
    assert list(objects(source('{"a": 1}\n\n{"a": 2}'))) == [{"a": 1}, {"a": 2}]
    assert list(objects(source('[{"a": 1}, {"a": 2}]'))) == [{"a": 1}, {"a": 2}]
    assert list(objects(source('{\n"a": 1}\n{\n"a": 2\n}'))) == [{"a": 1}, {"a": 2}]
    assert list(objects(source("null\n"))) == []


def test_a_line_that_is_too_long_is_left_out_and_the_next_come():
    one = source('{"a": 1}\n{"a": "' + "x" * 5000 + '"}\n{"a": 2}\n', max_element_bytes=1000)
    assert list(objects(one)) == [{"a": 1}, {"a": 2}]
    assert next(iter(one.troubles.values())).place == "line 2"
