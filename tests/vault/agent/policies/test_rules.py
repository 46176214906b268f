"""What policies let through: deny by default, the most specific rule alone, deny wins."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.vault.agent.policies.hcl import PolicySyntaxError
from wardline.vault.agent.policies.rules import capabilities, decide, permits, read


def may(text: str, operation: str, path: str, **parameters: object) -> bool:
    return permits(decide(read(text), path, listing=operation == "list"), operation, parameters or None)


def test_nothing_said_is_denied() -> None:
    assert not may("", "read", "secret/data/a")
    assert not may('path "secret/data/b" { capabilities = ["read"] }', "read", "secret/data/a")
    assert capabilities(None) == ["deny"]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("secret/a", "secret/a", True), ("secret/a", "secret/a/b", False), ("secret/a*", "secret/ab/c", True),
        ("secret/*", "secret/", True), ("secret/*", "secret", False), ("*", "anything/at/all", True),
        ("secret/+/team", "secret/x/team", True), ("secret/+/team", "secret/x/y/team", False),
        ("secret/+/team", "secret//team", False), ("+/+", "a/b", True), ("+", "a/b", False),
        ("secret/+/t*", "secret/x/team/a", True), ("secret/a*b", "secret/axb", False),
        ("secret/a*b", "secret/a*b", True),
        ("a+b", "a+b", True), ("a+b", "axb", False), ("secret/*", "secretx", False),
    ],
)  # fmt: skip
def test_globs_and_segments_as_documented(pattern: str, path: str, fits: bool) -> None:
    assert may(f'path "{pattern}" {{ capabilities = ["read"] }}', "read", path) is fits


@pytest.mark.parametrize(
    ("allowing", "denying", "path"),
    [
        ("secret/a", "secret/*", "secret/a"),  # exact before glob
        ("secret/a*", "secret/*", "secret/ab"),  # the first wildcard comes later
        ("secret/+/b", "secret/*", "secret/a/b"),  # no * at the end
        ("secret/a/+", "secret/+/b", "secret/a/b"),
        ("+/a/b*", "+/+/b*", "x/a/b1"),  # fewer +
    ],
)
def test_the_most_specific_rule_decides_alone(allowing: str, denying: str, path: str) -> None:
    rules = (
        f'path "{allowing}" {{ capabilities = ["read"] }}',
        f'path "{denying}" {{ capabilities = ["deny"] }}',
    )
    assert may("\n".join(rules), "read", path)
    assert may("\n".join(reversed(rules)), "read", path)
    swapped = "\n".join(rules).replace("read", "x").replace("deny", "read").replace('"x"', '"deny"')
    assert not may(swapped, "read", path)


def test_rules_for_one_path_are_added_and_deny_wins() -> None:
    both = 'path "a/*" { capabilities = ["read"] }\npath "a/*" { capabilities = ["update"] }'
    assert may(both, "read", "a/b")
    assert may(both, "update", "a/b")
    assert not may(both + '\npath "a/*" { capabilities = ["deny"] }', "read", "a/b")


def test_a_list_is_allowed_with_and_without_the_slash() -> None:
    assert may('path "secret/metadata" { capabilities = ["list"] }', "list", "secret/metadata/")
    assert not may('path "secret/metadata" { capabilities = ["list"] }', "read", "secret/metadata/")


def test_the_old_words_mean_what_they_did() -> None:
    assert may('path "a" { policy = "write" }', "delete", "a")
    assert not may('path "a" { policy = "write" }', "sudo", "a")
    assert not may('path "a" { policy = "read" }', "update", "a")
    assert not may('path "a" { policy = "deny" }', "read", "a")


def test_parameters_are_held_to_what_is_allowed_denied_and_required() -> None:
    text = """path "a" {
      capabilities = ["update"]
      allowed_parameters = { "ttl" = ["1*"], "any" = [] }
      denied_parameters = { "any" = ["bad"] }
      required_parameters = ["ttl"]
    }"""
    assert may(text, "update", "a", ttl="1h")
    assert may(text, "update", "a", ttl="1h", any="thing")
    assert not may(text, "update", "a", ttl="2h")
    assert not may(text, "update", "a", ttl="1h", any="bad")
    assert not may(text, "update", "a", any="thing")
    assert not may(text, "update", "a", ttl="1h", other=1)
    assert not may('path "a" { capabilities = ["update"] denied_parameters = { "*" = [] } }', "update", "a", x=1)


@pytest.mark.parametrize(
    "text",
    [
        'path "a" { capabilities = ["fly"] }', 'pth "a" {}', 'path "a" { caps = [] }', 'path "a/+*" {}',
        'path "a" { policy = "fly" }', 'path "a" { min_wrapping_ttl = "1s" }', 'path "a" { required_parameters = 1 }',
        'path "a" { allowed_parameters = [] }', 'path "a" { policy = ["read"] }', 'path "a" { capabilities = [[]] }',
    ],
)  # fmt: skip
def test_what_cannot_be_obeyed_is_refused(text: str) -> None:
    with pytest.raises(PolicySyntaxError):
        read(text)


@given(
    st.lists(st.sampled_from(["+", "a", "b", ""]), min_size=1, max_size=4), st.booleans(), st.text("ab/", max_size=8)
)
@settings(max_examples=200)
def test_a_rule_for_everything_below_never_reaches_beside_it(parts: list[str], glob: bool, path: str) -> None:
    pattern = "secret/" + "/".join(parts) + ("*" if glob and parts[-1] != "+" else "")
    assert not may(f'path "{pattern}" {{ capabilities = ["read"] }}', "read", "other/" + path)
