"""Policies as text: HCL and JSON, read once, bounded."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.vault.agent.policies.hcl import MAX_CHARS, PolicySyntaxError, parsed

HCL = """
# a comment
path "secret/data/*" { // another
  capabilities = ["read", "list",]
  /* and
     one more */
  allowed_parameters = { "ttl" = ["1h", 3600, true] "*" = [] }
}
path "a\\"b" { policy = "write" }
"""


def test_blocks_come_back_in_their_order() -> None:
    first, second = parsed(HCL)
    assert (first.word, first.label, first.line) == ("path", "secret/data/*", 3)
    assert first.fields == {
        "capabilities": ["read", "list"],
        "allowed_parameters": {"ttl": ["1h", 3600, True], "*": []},
    }
    assert (second.label, second.fields) == ('a"b', {"policy": "write"})


def test_json_says_the_same() -> None:
    assert parsed('{"path": {"a/*": {"capabilities": ["read"]}}}')[0].fields == {"capabilities": ["read"]}
    assert parsed('{"path": [{"a/*": [{"policy": "read"}]}]}')[0].label == "a/*"


def test_a_heredoc_is_text() -> None:
    assert parsed('path "a" { comment = <<-END\n    one\n  two\n  END\n}')[0].fields["comment"] == "one\ntwo\n"


@pytest.mark.parametrize(
    "text",
    [
        'path "a" {', 'path "a', "path", "{", "[", 'path "a" { x = }', 'path "a" { x = [1 2] }',
        'path "a" { x = <<E\n }',
        "=", 'path "a" { capabilities = [', '{"path": 1', '{"path": {"a": 1}}', 'path "a" { b = nil }', "\0",
        'path "a\nb" {}',
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str) -> None:
    with pytest.raises(PolicySyntaxError) as refused:
        parsed(text)
    assert str(refused.value)


def test_depth_and_size_are_bounded() -> None:
    with pytest.raises(PolicySyntaxError, match="deep"):
        parsed('path "a" { b = ' + "[" * 1000)
    with pytest.raises(PolicySyntaxError):
        parsed('path "a" ' + "{ b " * 1000)
    with pytest.raises(PolicySyntaxError, match="characters"):
        parsed("#" * (MAX_CHARS + 1))


@pytest.mark.parametrize("unit", ["/*", '"\\', "<<A\n", 'path "a" {}\n', "# x\n", "/* */", "a=1\n"])
def test_large_text_is_read_in_time_that_grows_with_it(unit: str) -> None:
    began = time.process_time()
    with contextlib.suppress(PolicySyntaxError):
        parsed(unit * (MAX_CHARS // len(unit)))
    assert time.process_time() - began < 5


@given(st.text(alphabet='path"{}[]=,#/*\\<\n a1-', max_size=60))
@settings(max_examples=200)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        blocks = parsed(text)
    except PolicySyntaxError:
        return
    assert all(isinstance(block.fields, dict) for block in blocks)
