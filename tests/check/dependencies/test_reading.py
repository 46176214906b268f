import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies import reading
from wardline.check.dependencies.model import LockfileError
from wardline.check.dependencies.reading import (
    decoded,
    load_json,
    load_jsonc,
    load_toml,
    load_xml,
    load_yaml,
    load_yaml_documents,
    mapping,
    sequence,
    text,
    unmarked,
)

LOADERS = [load_json, load_jsonc, load_toml, load_yaml, load_yaml_documents, load_xml, decoded, unmarked]


def _refused(load, data, line=None):
    with pytest.raises(LockfileError) as caught:
        load(data)
    if line is not None:
        assert caught.value.line == line
    return caught.value.detail


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_with_or_without_a_mark(encoding):
    assert decoded("a\r\nä\rb\n".encode(encoding)) == "a\nä\nb\n"
    assert unmarked("a\r\nä\rb\n".encode(encoding)) == "a\nä\nb\n".encode()


def test_text_that_is_no_text_names_its_line():
    assert _refused(decoded, b"a\nb\xff\n", 2) == "not valid UTF-8"
    assert _refused(decoded, b"\xff\xfea", 1) == "not valid UTF-16"


def test_too_large_a_file_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_LOCKFILE_BYTES", 10)
    for load in LOADERS:
        with pytest.raises(LockfileError, match="larger than"):
            load(b" " * 11)


class TestJson:
    def test_a_document_is_its_values(self):
        assert load_json(b'\xef\xbb\xbf{"a": [1, 2.5, null, true, "\\u00e4"]}') == {"a": [1, 2.5, None, True, "ä"]}
        assert load_json('{"a": 1}'.encode("utf-16")) == {"a": 1}

    @pytest.mark.parametrize(
        ("data", "line"),
        [
            (b'{\n"a": 1,\n"a": 2}', 3),
            (b'{"b": {"a": 1,\n\n"a": 1}}', 3),
            (b'{"a": "x\\"y", "a": "x\\"y"}', 1),
            (b'{"a": 1, "\\u0061": 2}', None),
            (b'[{"a": "\\u0022\\u0022\\u0022", "b": 1, "b": 2}]', 1),
            (b'{"a": "\\u003a\\u003a", "b": 1, "b": 2}', 1),
            (b'{\n  "a": {\n    ":": 1,\n    ":": 2\n  }\n}\n', 4),
            (b'{\n  "a": 1,\n  "a": 1\n}\n', 3),
            (b'{\n  "a": [],\n  "b": {\n    "c": 1,\n    "c": 1\n  }\n}', 5),
        ],
    )
    def test_a_key_that_stands_twice_is_refused(self, data, line):
        assert "stands twice" in _refused(load_json, data, line)

    def test_keys_may_repeat_in_other_objects_and_escapes_are_no_duplicates(self):
        assert load_json(b'{"a": {"a": "\\u0022"}, "b": {"a": "\\/"}}') == {"a": {"a": '"'}, "b": {"a": "/"}}
        assert load_json(b'{"a:": ["::", "\\u003a", ":"], "b" : ":"}') == {"a:": ["::", ":", ":"], "b": ":"}

    def test_an_indented_document_is_what_it_says_and_ends_where_it_ends(self):
        assert load_json(b'{\n  "a": [],\n  "b": {}\n}\n\n') == {"a": [], "b": {}}
        assert load_json(b'{\n  "a": "\\u00e9"\n}') == {"a": "\u00e9"}
        _refused(load_json, b'{\n  "a": 1\n}\n{')

    def test_what_would_grow_by_indentation_is_bounded(self):
        data = b'{\n  "a": ' + b"[" * 200 + b"12345," * 10_000 + b"0" + b"]" * 200 + b"}"
        assert len(str(load_json(data))) > 60_000

    @pytest.mark.parametrize("data", [b"", b"{", b"[1,]", b"{'a': 1}", b"NaN", b"// c\n1", b'"\x00"', b'"\\ud800"'])
    def test_what_is_not_json_is_refused(self, data):
        _refused(load_json, data)

    @pytest.mark.parametrize("depth", [255, 300, 1_100, 100_000])
    def test_nesting_has_an_end(self, depth):
        _refused(load_json, b"[" * depth + b"]" * depth)
        _refused(load_json, b'{"a":' * depth + b"1" + b"}" * depth)
        _refused(load_json, b'{"\\u0061":' * depth + b"1" + b"}" * depth)


class TestJsonWithComments:
    def test_comments_and_trailing_commas_are_read_over(self):
        data = b'// x\n{"a": [1, /* , */ 2, // ]\n ], "b": "//,}", "c": ",]",}\n'
        assert load_jsonc(data) == {"a": [1, 2], "b": "//,}", "c": ",]"}

    def test_lines_stay_as_they_are(self):
        assert _refused(load_jsonc, b"/* \n\n */\n{1}", 4)

    @pytest.mark.parametrize("data", [b"[1,,]", b"/* [1]", b"{} /", b'"a'])
    def test_what_is_not_json_is_refused(self, data):
        _refused(load_jsonc, data)

    @pytest.mark.timeout(20)
    @pytest.mark.parametrize("piece", [b"/*", b'"\\', b",/", b", ", b",//\n", b",/**/", b", " + b"/" * 40 + b" "])
    def test_broken_files_are_refused_in_time(self, piece):
        _refused(load_jsonc, piece * 200_000)


class TestToml:
    def test_a_document_is_its_values(self):
        assert load_toml(b"\xef\xbb\xbfa = 1\r\n[b]\r\nc = ['x']\r\n") == {"a": 1, "b": {"c": ["x"]}}

    @pytest.mark.parametrize(
        "data", [b"a", b"a = 1\na = 2", b"[a]\n[a]", b"a = nan nan", b"d = 0000-01-01", b"\x00", b"a = '\x01'"]
    )
    def test_what_is_not_toml_is_refused(self, data):
        assert _refused(load_toml, data).startswith("not TOML")

    def test_the_place_is_named(self):
        _refused(load_toml, b"a = 1\nb = \n", 2)

    @pytest.mark.parametrize(
        "data",
        [
            b"a = " + b"[" * 100_000 + b"]" * 100_000,
            b"a = " + b"{a=" * 100_000 + b"1" + b"}" * 100_000,
            b"a" + b".a" * 100_000 + b" = 1",
            b"[a" + b".a" * 100_000 + b"]",
        ],
    )
    def test_nesting_has_an_end(self, data):
        _refused(load_toml, data)


class TestYaml:
    def test_scalars_are_strings_and_nothing_is_guessed(self):
        document, _ = load_yaml(b"a: 1\nb: on\nc: 2020-01-01\nd: ~\ne:\nf: 'null'\ng: [1.0, {h: !!int 3}]\n")
        assert document == {
            "a": "1", "b": "on", "c": "2020-01-01", "d": None, "e": None, "f": "null", "g": ["1.0", {"h": "3"}],
        }  # fmt: skip

    def test_every_key_has_its_line(self):
        _, line_of = load_yaml(b"a:\n  b: 1\n  c:\n    - d: 1\n    - e: 2\n")
        assert [line_of(path) for path in [("a",), ("a", "b"), ("a", "c", 1, "e"), ("x",)]] == [1, 2, 5, None]

    def test_several_documents_are_several_or_refused(self):
        documents = load_yaml_documents(b"---\na: 1\n---\nb: 2\n")
        assert [document for document, _ in documents] == [{"a": "1"}, {"b": "2"}]
        assert [line_of((key,)) for key, (_, line_of) in zip("ab", documents, strict=True)] == [2, 4]
        assert "more than one" in _refused(load_yaml, b"---\na: 1\n---\nb: 2\n")
        assert load_yaml(b"")[0] is None
        assert load_yaml_documents(b"# nothing\n") == []

    @pytest.mark.parametrize(
        ("data", "line"),
        [
            (b"a: 1\nb: &x 1\n", 2), (b"a: 1\nb: *x\n", 2), (b"a: 1\na: 2\n", 2), (b"? [a]\n: 1\n", 1), (b"a: [\n", 2),
            (b"\ta: 1\n", 1), (b"a: \x00\n", None), (b"a: b: c\n", 1), (b"[1, 2\nx: y", None),
        ],
    )  # fmt: skip
    def test_what_no_lockfile_has_is_refused(self, data, line):
        _refused(load_yaml, data, line)

    @pytest.mark.timeout(30)
    @pytest.mark.parametrize("data", [b"[" * 5_000, b"{a: " * 5_000, b"- " * 5_000])
    def test_nesting_has_an_end(self, data):
        assert _refused(load_yaml, data) == "nested too deeply"


class TestXml:
    def test_an_element_has_its_name_text_children_and_line(self):
        root = load_xml(b'<?xml version="1.0"?>\n<p xmlns="urn:x" a="1">\n <b> t </b>\n <c/>\n</p>')
        assert (root.name, root.attributes, root.line) == ("p", {"a": "1"}, 2)
        assert root.value("b") == "t"
        assert root.child("c").line == 4
        assert root.value("d") is None

    @pytest.mark.parametrize(
        "data",
        [
            b"", b"<a>", b"<a/><b/>", b"<a></b>", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', b"<!DOCTYPE a><a/>",
            b'<?xml version="1.0" encoding="nonsense"?><a/>', b"<a>\x00</a>", b"<" + b"a><" * 300, b"\xff\xfe",
        ],
    )  # fmt: skip
    def test_what_is_no_plain_xml_is_refused(self, data):
        _refused(load_xml, data)


def test_what_does_not_fit_reads_as_absent():
    assert [mapping(value) for value in ({"a": 1}, [], None, "x", 1)] == [{"a": 1}, {}, {}, {}, {}]
    assert [sequence(value) for value in ([1], {}, None, "x", 1)] == [[1], [], [], [], []]
    assert [text(value) for value in ("x", {}, None, [], 1)] == ["x", "", "", "", ""]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(LOADERS),
    st.one_of(st.binary(max_size=60), st.text(alphabet='[]{}":,-&*!?|>#\n\t a1\\<&;', max_size=60).map(str.encode)),
)
def test_anything_is_read_or_refused(load, data):
    try:
        load(data)
    except LockfileError as error:
        detail = error.detail
        assert detail


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    )
)
def test_json_without_duplicates_is_never_refused(document):
    indented = json.dumps({"a": document}, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
    with suppress(LockfileError):  # a lone surrogate is no UTF-8
        assert load_json(indented + b"\n") == {"a": document}
    written = json.dumps(document)
    if "\\ud8" in written or "\\ud9" in written or "\\udc" in written:
        return  # surrogates: pairs are fine, lone ones are not JSON text that can be UTF-8
    assert load_json(written.encode()) == document
    assert load_jsonc(written.encode()) == document
