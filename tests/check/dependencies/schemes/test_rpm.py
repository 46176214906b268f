import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "", "0:", "1:")),
    st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers))),
    st.text("01ab~^._", max_size=4),
    st.sampled_from(("", "-1", "-1.el8", "-2.fc38", "-0.rc1")),
)
POOL = [
    "1.0-1.el8", "0:2.4.37-62.module_el8", "1:1.1.1k-9.el8_7", "3.0~rc1-1", "1.0^git1-2", "20230731-1", "4.18-477.el8",
    "1.0", "5.5p6", "2.0.1a-1", "1.0~rc1^git1-1", "10-5.fc12",
]  # fmt: skip
SUFFIXES = ["~rc1", "-1", ".el8", "^", "^git1", "~", ".0", "a", "+b1", "~~", ".", "_1", "^1~", "0", "a1", "-1.el8_2"]


def test_segments_are_ordered_as_rpmvercmp_does():
    """rpm-version(7) and the table of rpmvercmp's own tests."""
    ordering.assert_ascending("Red Hat", "1.0~rc1~git123", "1.0~rc1", "1.0~rc1^git1", "1.0~rc2", "1.0", "1.0^git1~pre")
    ordering.assert_ascending("Red Hat", "1.0", "1.0^", "1.0^git1", "1.0^git2", "1.0^20160101", "1.0.1")
    ordering.assert_ascending("Red Hat", "10a2", ("10b2", "10.b2", "10_b_2", "10b.2"), "10.1", ("10.1.2", "10.1_2"))
    ordering.assert_ascending("Red Hat", "xyz.4", "2", ("8", "08"), "1000")
    ordering.assert_ascending(
        "Red Hat", "1.0aa", "1.0ab", ("1.0.1", "1.0.01", "1.0+1"), ("20101121", "20101121+", "20101121.")
    )


def test_epoch_version_and_release_are_compared_in_turn():
    for ecosystem in ("AlmaLinux:8", "Rocky Linux", "SUSE:x", "openSUSE:Leap 15.5", "Mageia:9", "openEuler:22.03-LTS",
                      "Azure Linux:3", "Photon OS:5.0", "Red Hat:enterprise_linux:8::appstream"):  # fmt: skip
        ordering.assert_ascending(
            ecosystem,
            "1.0",
            "1.0-",
            ("1.0-1", "0:1.0-1", ":1.0-1"),
            "1.0-1.el8",
            "1.0-1.el8_2",
            "1.0-10",
            "1.1-0",
            "1:0.1-1",
        )


def test_a_version_has_at_least_a_version():
    ordering.assert_unreadable("Red Hat", "", "1:", "-1", "1:-1")


def test_a_tilde_makes_a_prerelease():
    assert versions.prerelease("Red Hat", "1:3.0~rc1-1")
    assert not versions.prerelease("Red Hat", "3.0-0.1~x")
    assert versions.major("Red Hat", "1:3.0-7") == "3"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("Red Hat", a, b, c)


@pytest.mark.native
def test_rpm_agrees():
    script = """
import re, sys
import rpm
def evr(text):
    epoch, version, release = re.fullmatch("(?:([0-9]*):)?(.*?)(?:-([^-]*))?", text).groups()
    return epoch or "0", version, release or ""
for line in sys.stdin:
    a, b = line.rstrip("\\n").split("\\t")
    try: print(rpm.labelCompare(evr(a), evr(b)))
    except ValueError: print("E")
"""
    asked = ordering.pairs(POOL, SUFFIXES)
    assert ordering.disagreements("Red Hat", ["/usr/bin/python3", "-c", script], asked) == []
