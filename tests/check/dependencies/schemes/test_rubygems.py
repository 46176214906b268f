import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.lists(st.sampled_from(("0", "1", "2", "10", "a", "b1", "rc2", "pre", "A")), max_size=4).map(
    lambda parts: ".".join(("1", *parts))
)
POOL = [
    "1.0.0",
    "1.0.a",
    "0.9.1",
    "2.0.0.rc1",
    "1.0.0.pre.1",
    "3.2.2.1",
    "1.10",
    "1.9.a.2",
    "2.0.0-alpha",
    "5.2.b1",
    "0",
]
SUFFIXES = [".a", ".b1", ".rc.0", "-1", ".0", ".0.0", "-alpha.1", ".beta.2", ".1.a", ".0.a", ".A", ".pre.0", ".0.1"]


def test_the_order_is_that_of_gem_version():
    """The documentation of `Gem::Version`: letters make a pre-release, and stand below any number."""
    ordering.assert_ascending(
        "RubyGems",
        "0.9.a.2",
        "0.9",
        "1.0.A",
        "1.0.a",
        "1.0.a.1",
        "1.0.a.2",
        "1.0.a10",
        "1.0.b1",
        ("1.0-2.x", "1.0.pre.2.x"),
        ("1", "1.0", "1.0.0", " 1 "),
        "1.0.0.1",
        "1.9",
        "1.10",
    )


def test_zeros_before_a_word_do_not_count_and_after_it_they_do():
    ordering.assert_ascending("RubyGems", ("1.a", "1.0.a", "1.0.0.a", "1.a.0"), ("1", "1.0"), "1.0.1.a", "1.0.1")
    ordering.assert_ascending("RubyGems", "1.a.b", "1.a.0.b", "1.a", "1.a.0.1", "1.a.1")


def test_what_rubygems_calls_malformed_is_refused():
    ordering.assert_unreadable("RubyGems", "", "a", "v1", "1beta", "1..0", "1.0-", "1.0_1", "1.0+1", "1.0 2", "64e00e7")


def test_letters_and_hyphens_make_a_prerelease():
    assert versions.prerelease("RubyGems", "1.0.a")
    assert versions.prerelease("RubyGems", "1.0-1")
    assert not versions.prerelease("RubyGems", "1.0.0.1")
    assert versions.major("RubyGems", "07.1.rc1") == "7"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("RubyGems", a, b, c)


@pytest.mark.native
def test_rubygems_agrees():
    script = (
        'STDIN.each_line { |line| a, b = line.chomp.split("\\t", -1)\n'
        'puts((Gem::Version.new(a) <=> Gem::Version.new(b))) rescue puts "E" }'
    )
    assert ordering.disagreements("RubyGems", ["ruby", "-e", script], ordering.pairs(POOL, SUFFIXES)) == []
