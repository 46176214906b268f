import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies import json_lines
from wardline.check.dependencies.json_lines import few_lines, key_lines

DOCUMENT = {
    "packages": {
        "": {"name": "x"},
        "a": {"version": "1", "packages": {"a": {}}},
        "b": {"a": [{"a": 1}, 2, "c", ["d"]]},
    },
    "list": [{"name": "one"}, {"name": "two"}],
}
PATHS = [
    ("packages",), ("packages", ""), ("packages", "a"), ("packages", "a", "packages", "a"), ("packages", "b"),
    ("list",), ("list", 0, "name"), ("list", 1, "name"),
]  # fmt: skip


@pytest.mark.parametrize("indent", [2, 4, "\t", None, 0])
def test_a_key_is_on_its_line_however_the_file_is_indented(indent):
    text = json.dumps(DOCUMENT, indent=indent)
    lines = text.split("\n")
    found = key_lines(text.encode(), PATHS)
    assert found == sorted(found)
    if indent is None:
        assert set(found) == {1}
    else:
        assert [json.dumps(path[-1]) in lines[line - 1] for path, line in zip(PATHS, found, strict=True)] == [
            True
        ] * len(PATHS)


def test_the_fast_way_and_the_exact_way_agree():
    data = json.dumps(DOCUMENT, indent=2).encode()
    assert json_lines._ordered(data, PATHS) == json_lines._exact(data, PATHS)


def test_a_sibling_of_the_same_name_is_not_mistaken():
    text = json.dumps({"a": {"x": {}, "y": {}}, "b": {"y": {}}, "c": [{"n": 1}, {"n": 2}, {"n": 3}]}, indent=2)
    paths = [("a", "x"), ("b", "y"), ("c", 0, "n"), ("c", 2, "n")]
    lines = text.split("\n")
    found = key_lines(text.encode(), paths)
    assert found == json_lines._ordered(text.encode(), paths) == json_lines._exact(text.encode(), paths)
    assert [lines[line - 1].strip(" ,") for line in found] == ['"x": {},'.strip(","), '"y": {}', '"n": 1', '"n": 3']


def test_only_the_first_places_of_what_is_wrong_are_looked_up():
    line_of = few_lines(b'{\r\n"a": 1,\r\n"b": 2}')
    assert [line_of((key,)) for key in "abababab"] == [2, 3, 2, 3, 2, None, None, None]


def test_elements_of_arrays_have_lines_too():
    text = '{"list": [\n1,\n"a",\n{"x":\n[\n"b"]}, "c"]}'
    assert key_lines(text.encode(), [("list", 1), ("list", 2), ("list", 2, "x"), ("list", 2, "x", 0), ("list", 3)]) == [
        3,
        4,
        4,
        6,
        6,
    ]


def test_escaped_keys_and_values_that_look_like_keys_are_told_apart():
    text = '{\n  "v": "\\n  \\"b\\":",\n  "\\u0061": {\n    "b": 1\n  },\n  "b": 2\n}'
    assert key_lines(text.encode(), [("v",), ("a",), ("a", "b"), ("b",)]) == [2, 3, 4, 6]


def test_comments_do_not_count():
    text = '{\n// "a": 1\n/* "a":\n 2 */ "a": 3 }'
    assert key_lines(text.encode(), [("a",)]) == [4]


def test_what_is_not_there_is_on_the_first_line():
    assert key_lines(b'{"a": 1}', [("b",), ("a",)]) == [1, 1]
    assert key_lines(b"1", [("a",)]) == [1]
    assert key_lines(b'"x"', [("a",)]) == [1]
    assert key_lines(b"{}", []) == []


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=5), JSON, min_size=1), st.sampled_from([2, None]), st.booleans())
def test_every_key_is_found_at_its_place(document, indent, ascii_only):
    paths = []

    def walk(value, path):
        if isinstance(value, dict):
            for key, inner in value.items():
                paths.append((*path, key))
                walk(inner, (*path, key))
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                walk(inner, (*path, number))

    walk(document, ())
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    data = text.encode("utf-8", "replace")
    if "\\ud" in text or b"?" in data:
        return  # lone surrogates are in no JSON that a parser accepts
    rows = text.split("\n")
    some = [path for path in paths[:: len(document)] if isinstance(path[-1], str)]
    assert json_lines._ordered(data, some) in (None, json_lines._exact(data, some))
    for path, line in zip(paths, key_lines(data, paths), strict=True):
        assert json.dumps(path[-1], ensure_ascii=ascii_only) in rows[line - 1]
