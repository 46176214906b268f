import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.catalog.sources.documents import MAX_BYTES, Reading, Value, read
from wardline.kernel.errors import AskedWronglyError


def refusal(content: bytes) -> str:
    with pytest.raises(AskedWronglyError) as raised:
        read(content, "a.yaml")
    return raised.value.detail


def test_text_stays_text_and_every_value_knows_its_line() -> None:
    (document,) = read(b"# a\nname: no\nversion: 1.10\nwhen: 2026-03-02\nlist:\n  - one\n  - 'no'\n", "a.yaml")
    content = document.content
    assert isinstance(content, dict)
    assert [(key, value.content, value.line) for key, value in list(content.items())[:3]] == [
        ("name", "no", 2),
        ("version", "1.10", 3),
        ("when", "2026-03-02", 4),
    ]
    assert content["list"].content == [Value("one", 6), Value("no", 7, quoted=True)]


def test_truths_and_nothing_are_what_was_written_without_quotes() -> None:
    reading = Reading("a.yaml")
    assert reading.truth(Value("yes", 1)) is True
    assert reading.truth(Value("False", 1)) is False
    assert reading.truth(Value("~", 1)) is None
    for wrong in (Value("true", 1, quoted=True), Value("1", 1), Value([], 1)):
        with pytest.raises(AskedWronglyError, match=r"a\.yaml:1"):
            reading.truth(wrong)
    assert reading.text(Value("null", 1)) is None
    assert reading.text(Value("null", 1, quoted=True)) == "null"


def test_several_documents_come_in_their_order_without_empty_ones() -> None:
    assert [one.content for one in read(b"---\na\n---\n---\nb\n", "a.yaml")] == ["a", "b"]
    assert read(b"", "a.yaml") == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: &x 1\nb: *x\n", "a.yaml:1: anchors"),
        (b"a: 1\nb: *x\n", "a.yaml:2"),
        (b"a: !!python/object/apply:os.system ['true']\n", "a.yaml:1: tags"),
        (b"a: !custom b\n", "a.yaml:1: tags"),
        (b"a: 1\nb: 2\na: 3\n", "a.yaml:3: the key 'a' stands here twice"),
        (b"? [a, b]\n: 1\n", "a.yaml:1: a key is a text"),
        (b"a: [1, 2\nb: 3\n", "a.yaml:"),
        (b"\xff\xfe", "no UTF-8"),
        (b"a: 1\nb: \xc3\x28\n", "a.yaml:2: no UTF-8"),
        (b"a: \x00\n", "a.yaml:"),
        (b"\t- a", "a.yaml:1: no YAML"),
        (b"a" * (MAX_BYTES + 1), "256 KiB"),
        (b"[" * 100, "levels"),
        (b"- " * 100, "levels"),
        (b"[a," * 10_000, "a.yaml:1"),
        (b"- a\n" * 20_001, "values"),
        (b"---\na\n" * 101, "documents"),
        (b"a: " + b"{" * 50_000, "a key is a text"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_passes_a_bound_or_is_no_yaml_is_refused_naming_the_line(content: bytes, said: str) -> None:
    assert said in refusal(content)


@settings(max_examples=150)
@given(st.binary(max_size=200) | st.text(alphabet="ab:-[]{}#&*!|>'\"?,\n \t%@`~", max_size=60).map(str.encode))
def test_nothing_that_is_written_breaks_it(content: bytes) -> None:
    try:
        said = f"a.yaml:{len(read(content, 'a.yaml'))}"
    except AskedWronglyError as error:
        said = error.detail
    assert said.startswith("a.yaml:")
