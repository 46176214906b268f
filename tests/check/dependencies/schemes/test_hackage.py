import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.lists(st.integers(0, 11), min_size=1, max_size=4).map(lambda numbers: ".".join(map(str, numbers)))
POOL = ["1.0", "1.0.0", "0.1.2.3", "2.1.10", "0.9.75", "1.2-foo", "1", "2023.1.5"]
SUFFIXES = [".0", "-a", ".1", ".10", ".01", "-b1-c"]


def test_numbers_are_compared_in_turn_and_the_shorter_comes_first():
    """Data.Version: "an ordering which considers versions to be ordered lexicographically by their branch"."""
    ordering.assert_ascending("Hackage", "0.1.2", "0.1.10", "1", "1.0", ("1.0.0", "1.0.0-tag", "01.0.0"), "1.1")


def test_the_major_version_has_two_numbers():
    """Haskell Package Versioning Policy: A.B is the major version."""
    assert versions.major("Hackage", "1.24.3.0") == "1.24"
    assert versions.major("Hackage", "3") == "3"
    assert not versions.prerelease("Hackage", "1.0-tag")


def test_what_is_no_version_is_refused():
    ordering.assert_unreadable("Hackage", "", "a", "1.", "1.0a", "v1.0", "1.0-", "1.0_1")


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("Hackage", a, b, c)


@pytest.mark.native
def test_data_version_agrees():
    script = (
        "import Data.Version\nimport Text.ParserCombinators.ReadP (readP_to_S)\n"
        "main = interact (unlines . map answer . lines)\n"
        "answer line = let (a, b) = break (== '\\t') line in case (parsed a, parsed (drop 1 b)) of\n"
        "  (x : _, y : _) -> show (fromEnum (compare x y) - 1)\n"
        '  _ -> "E"\n'
        'parsed text = [found | (found, "") <- readP_to_S parseVersion text]\n'
    )
    asked = ordering.pairs(POOL, SUFFIXES, count=200)
    command = ["sh", "-c", 'f=$(mktemp -d)/Main.hs && printf %s "$0" >"$f" && runghc "$f"', script]
    assert ordering.disagreements("Hackage", command, asked) == []
