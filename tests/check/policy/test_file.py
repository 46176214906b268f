import pytest

from wardline.check.policy.file import Exclusion, Policy, PolicyFileError, read

WHOLE = b"""
[check]
fail_on = "high"
[scope]
exclude = [{path = "examples/**", reason = "bundled to be found wanting"}]
[dependencies]
max_advisory_age_days = 14
vex = ["security/vex.json"]
"""


def excluded(pattern: str, path: str) -> bool:
    return Policy(exclude=(Exclusion(path=pattern, reason="for this test"),)).excluded()(path)


def test_a_whole_file_is_read() -> None:
    assert read(WHOLE) == Policy(
        fail_on="high",
        exclude=(Exclusion(path="examples/**", reason="bundled to be found wanting"),),
        max_advisory_age_days=14,
        vex=("security/vex.json",),
    )


def test_an_empty_file_decides_nothing() -> None:
    assert read(b"") == Policy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[chekc]\n", "unknown table [chekc]"),
        ("[check]\nfail_no = 'low'\n", "unknown key 'fail_no'"),
        ("check = 1\n", "check is a table"),
        ("[check]\nfail_on = 'unknown'\n", "fail_on is 'unknown'"),
        ("[check]\nfail_on = 3\n", "fail_on is 3"),
        ("[scope]\nexclude = 'examples'\n", "exclude is a list"),
        ("[scope]\nexclude = ['examples']\n", "entry 1: has exactly the keys"),
        ("[scope]\nexclude = [{path = 'a', reason = 'long enough a reason', until = 1}]\n", "exactly the keys"),
        ("[scope]\nexclude = [{path = '**', reason = 'everything is fine here'}]\n", "or all of it"),
        ("[scope]\nexclude = [{path = '../x', reason = 'long enough a reason'}]\n", "names no part of the tree"),
        ("[scope]\nexclude = [{path = 'a', reason = 'short'}]\n", "a reason of at least 10 characters"),
        ("[scope]\nexclude = [{path = 'a/**/b/**/c/**/d/**/e', reason = 'long enough a reason'}]\n", "at most 3"),
        ("[dependencies]\nmax_advisory_age_days = 0\n", "a whole number of days"),
        ("[dependencies]\nmax_advisory_age_days = true\n", "a whole number of days"),
        ("[dependencies]\nvex = 'x'\n", "vex is a list"),
        ("[check\n", "not TOML"),
        ("\x00", "not TOML"),
    ],
)
def test_what_cannot_be_obeyed_is_an_error_that_names_the_place(text: str, said: str) -> None:
    with pytest.raises(PolicyFileError) as caught:
        read(text.encode())
    assert said in caught.value.detail
    assert caught.value.detail.startswith(".wardline/policy.toml")


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("examples", "examples/a/uv.lock", True),
        ("examples/**", "examples/a/uv.lock", True),
        ("examples/", "examples/uv.lock", True),
        ("examples", "examples2/uv.lock", False),
        ("examples", "a/examples/uv.lock", False),
        ("**/examples", "a/b/examples/uv.lock", True),
        ("**/examples", "examples/uv.lock", True),
        ("*.lock", "uv.lock", True),
        ("*.lock", "a/uv.lock", False),
        ("**/*.lock", "a/b/uv.lock", True),
        ("a?c/x", "abc/x", True),
        ("a?c/x", "a/c/x", False),
        ("a.b", "axb", False),
        ("tests/fix[1]", "tests/fix[1]/uv.lock", True),
        ("odd\nname", "odd\nname/uv.lock", True),
    ],
)
def test_a_pattern_takes_what_it_names(pattern: str, path: str, expected: bool) -> None:
    assert excluded(pattern, path) is expected


def test_without_a_policy_nothing_is_excluded() -> None:
    assert not Policy().excluded()("anything")


def test_a_large_file_is_refused() -> None:
    with pytest.raises(PolicyFileError, match="larger than"):
        read(b"#" * (1024 * 1024 + 1))
