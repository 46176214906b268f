from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.builds(
    "{}{}{}{}{}".format,
    st.lists(st.sampled_from(("0", "1", "2", "10", "01", "001")), min_size=1, max_size=3).map(".".join),
    st.sampled_from(("", "", "a", "b", "p2")),
    st.sampled_from(("", "", "_rc1", "_alpha", "_p1", "_git20200101", "_beta_p2", "_pre2")),
    st.sampled_from(("", "", "~1a2b")),
    st.sampled_from(("", "-r0", "-r1", "-r10")),
)


def test_the_parts_are_ordered_as_in_apk():
    """apk-package(5) and the order of its suffixes in apk-tools."""
    for ecosystem in ("Alpine:v3.19", "Wolfi", "Chainguard", "MinimOS", "Alpaquita:stream", "CleanStart"):
        ordering.assert_ascending(
            ecosystem,
            "1.0_alpha",
            "1.0_alpha1",
            "1.0_alpha2",
            "1.0_beta",
            "1.0_pre",
            "1.0_rc1",
            ("1.0", " 1.0 "),
            "1.0-r0",
            "1.0-r1",
            "1.0-r10",
            "1.0~1a2b",
            "1.0_cvs",
            "1.0_svn1",
            "1.0_git20200101",
            "1.0_hg",
            "1.0_p1",
            "1.0a",
            "1.0b",
            "1.0.0",
            "1.0.1",
        )


def test_numbers_with_a_zero_in_front_are_text_but_for_the_first():
    ordering.assert_ascending("Alpine", "1.0", "1.01", "1.010", "1.02", "1.1", "1.9", "1.10", ("2", "02"))


def test_numbers_after_a_letter_are_read_as_apk_2_did():
    ordering.assert_ascending("Alpine", "1.8.1_p9-r1", "1.8.1p1-r1", "1.8.1p2-r0", "1.8.1p10-r0", "1.8.2-r0")


def test_what_apk_calls_invalid_is_refused():
    ordering.assert_unreadable(
        "Alpine", "", "a", ".1", "1..2", "1.0-r", "1.0-ruff", "1.0_foo", "1.0A", "1.0~xyz", "1.0-r1-r2", "1.0bc", "1 0"
    )


def test_prereleases_and_majors():
    assert versions.prerelease("Alpine", "1.0_rc1-r0")
    assert not versions.prerelease("Alpine", "1.0_p1-r0")
    assert versions.major("Alpine", "03.1-r0") == "3"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("Alpine", a, b, c)
