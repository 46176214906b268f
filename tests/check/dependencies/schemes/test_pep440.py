import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(("", "", "", "v", "1!")),
    st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers))),
    st.sampled_from(("", "a1", "-beta.2", "rc1", "c", "_pre3")),
    st.sampled_from(("", ".post1", "-2", "r3", ".post")),
    st.sampled_from(("", ".dev1", "-dev", "+local.1", "+1", "+a.b-2", "-final", "x")),
)
LEGACY = st.text("0123.-_abcdefinalprv!+~", min_size=1, max_size=10)
POOL = [
    "1.0", "1.0.0", "1!0.9", "1.0a1", "1.0.dev456", "1.0b2.post345.dev456", "1.0rc1", "1.0+abc.7", "1.0.post456.dev34",
    "2.10.0", "2013.10", "0.0.0", "1.1.dev1", "10.4.post1", "3.0-alpha.1", "1.0.1c1", "2004d", "0.23ubuntu1",
]  # fmt: skip
SUFFIXES = ["a1", "rc", ".dev1", ".post1", "-1", "+l.1", ".0", "-final", "foo", "!1", "-r5", "_1", ".x", "-1-2"]


def test_the_order_is_that_of_pep_440():
    """PEP 440, "Summary of permitted suffixes and relative ordering"."""
    ordering.assert_ascending(
        "PyPI",
        "1.dev0",
        "1.0.dev456",
        "1.0a1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0rc1.dev456",
        "1.0rc1",
        "1.0",
        "1.0+abc.5",
        "1.0+abc.7",
        "1.0+5",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.0.15",
        "1.1.dev1",
        "1!0.1",
    )


def test_normalised_spellings_are_the_same_version():
    """PEP 440, "Normalization"."""
    ordering.assert_ascending(
        "PyPI",
        ("1.1.dev0", "1.1dev", "1.1-DEV"),
        ("1.1a0", "1.1.alpha", "1.1-ALPHA_0", "v1.1a"),
        ("1.1rc3", "1.1c3", "1.1-preview.3", "1.1pre3"),
        ("1.1", "1.1.0", " v1.1 \n", "01.01", "0!1.1"),
        ("1.1+ubuntu.1", "1.1+Ubuntu-1", "1.1+ubuntu_1"),
        ("1.1.post2", "1.1-2", "1.1.r2", "1.1rev2", "1.1-POST.2"),
    )


def test_legacy_versions_come_before_all_others():
    ordering.assert_ascending("PyPI", "foo", "0.23ubuntu1", "1.0-dev-foo", "2.10.0-NA", "2004d", "0.dev0", "0", "0.0.1")


def test_legacy_versions_are_ordered_as_setuptools_did():
    ordering.assert_ascending("PyPI", "1.0-x", "1.0.0-y", "1.9-beta-x", "1.9-x", "1.10-x")
    ordering.assert_ascending("PyPI", ("1.0-beta-x", "1.0beta-x"), "1.0-x")
    ordering.assert_ascending("PyPI", ("1.0--final", "1.0.0--final"), ("1.0-1-1", "1.0.0-1-1"))


def test_only_an_empty_string_is_no_version():
    ordering.assert_unreadable("PyPI", "", " ", "\t\n")


def test_prereleases_and_majors():
    assert versions.prerelease("PyPI", "1.0.dev1")
    assert versions.prerelease("PyPI", "1.0c")
    assert not versions.prerelease("PyPI", "1.0.post1")
    assert not versions.prerelease("PyPI", "2004d")
    assert [versions.major("PyPI", version) for version in ("2!3.1", "0!03", "10.2a1", "foo-7")] == [
        "2!3",
        "3",
        "10",
        "7",
    ]


@ordering.LAWS
@given(VERSION, VERSION, st.one_of(VERSION, LEGACY))
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("PyPI", a, b, c)


@ordering.LAWS
@given(st.one_of(VERSION, LEGACY), VERSION)
def test_packaging_agrees_on_what_it_reads(a, b):
    try:
        left, right = Version(a), Version(b)
    except InvalidVersion:
        return
    assert versions.compare("PyPI", a, b) == (left > right) - (left < right)


@pytest.mark.native
def test_packaging_agrees_on_many():
    script = (
        "import sys\n"
        "from packaging.version import InvalidVersion, Version\n"
        "for line in sys.stdin:\n"
        "    try: a, b = map(Version, line.rstrip('\\n').split('\\t')); print((a > b) - (a < b))\n"
        "    except InvalidVersion: print('E')\n"
    )
    asked = ordering.pairs(POOL, SUFFIXES, count=2000)
    assert ordering.disagreements("PyPI", [sys.executable, "-c", script], asked) == []
