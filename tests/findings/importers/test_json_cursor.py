import io
import json
import time
import tracemalloc

import pytest

from wardline.findings.importers.json_cursor import Cursor, loaded, shown
from wardline.findings.importers.source import Source


def cursor(content: bytes):
    source = Source(io.BytesIO(content))
    return Cursor(source.open(), source, quiet=False)


@pytest.mark.parametrize(
    "value",
    [
        b'"' + b"x" * 9_000_000 + b'"',
        b'"' + b"\\n" * 1_000_000 + b'"',
        b"[" + b'"a",' * 1_000_000 + b"1]",
        b"[" + b"{}," * 1_000_000 + b"1]",
    ],
    ids=["a long text", "escapes", "many texts", "many objects"],
)
def test_what_nobody_asked_for_is_passed_in_bounded_memory_and_time(value):
    content = b'{"skip": ' + value + b', "r": [{"a": 1}]}'
    walk = cursor(content)
    tracemalloc.start()
    started = time.monotonic()
    found = list(walk.values([("r", "[]")]))
    took = time.monotonic() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(("r", 0), {"a": 1})]
    assert peak < 12_000_000
    assert took < 60  # a square of it would be hours


def test_elements_that_end_unlike_the_others_are_read_all_the_same():
    rows = [
        {"a": number, "b": [{"c": 1}, {"c": 2}], **({"z": {"a": 1}} if number % 3 else {})} for number in range(500)
    ]
    for separators in ((",", ":"), (", ", ": ")):
        content = json.dumps({"r": rows}, separators=separators).encode()
        assert [value for _, value in cursor(content).values([("r", "[]")])] == rows


def test_text_that_looks_like_the_end_of_an_element_is_no_end():
    rows = [{"a": '"},{"a":', "b": number} for number in range(100)]
    content = json.dumps({"r": rows}, separators=(",", ":")).encode()
    assert [value for _, value in cursor(content).values([("r", "[]")])] == rows


def test_a_path_is_shown_as_people_write_it():
    assert shown(("runs", 0, "results", 3)) == "runs[0].results[3]"
    assert shown(()) == "the root"


def test_a_value_is_loaded_strictly_then_leniently_then_not():
    assert loaded(b'{"a": 1}') == {"a": 1}
    assert loaded(b'["\\ud800"]') == ["\ud800"]
    assert loaded(b"{") is None
    assert loaded(b"[" * 100_000) is None
