import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(("", "", "0:", "1:")),
    st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers))),
    st.text("01ab~+.", max_size=4),
    st.sampled_from(("", "-1", "-0", "-1~bpo1", "-1ubuntu0.1", "-1+b1")),
)
POOL = [
    "1.0-1", "1:1.2.3-4ubuntu0.1", "2.0~rc1-1", "1.0+dfsg-2", "0.9.8g-15+lenny4", "1.18.4", "7.88.1-10+deb12u5",
    "2:4.9.5+dfsg-5", "20230311", "1.0~~", "1.0-1~bpo11+1", "6.0.3-rc1-2",
]  # fmt: skip
SUFFIXES = ["~rc1", "-1", "-1ubuntu1", "+dfsg", "~", ".0", "a", "+b1", "-0", "~~", ".", "-1~bpo", "+", "0"]


def test_the_order_is_that_of_policy():
    """Debian Policy §5.6.12: `~` before the end, letters before everything else; then the number."""
    ordering.assert_ascending("Debian", "1~~", "1~~a", "1~", "1", "1a", "1aa", "1+", "1.")
    ordering.assert_ascending(
        "Debian:12",
        "1.0~beta1~svn1245-1",
        "1.0~beta1-1",
        ("1.0", "1.0-0", "0:1.0", "01.00", " 1.0 "),
        "1.0-1~bpo1",
        "1.0-1",
        "1.0-1+b1",
        "1.0-1.1",
        "1.0-10",
        "1.0+dfsg-1",
        "1.0.0-1",
        "1:0.1",
        "10:0",
    )


def test_the_last_hyphen_begins_the_revision():
    ordering.assert_ascending("Ubuntu:22.04:LTS", "1.0-rc1-1", "1.0-rc1-2", "1.0-rc2-1")


def test_what_dpkg_refuses_is_refused():
    ordering.assert_unreadable("Debian", "", "1:", "a:1", ":1", "1.0-", "1 0", "-1", "1.0é", "<unfixed >")


def test_a_tilde_makes_a_prerelease_only_upstream():
    assert versions.prerelease("Debian", "1.0~rc1-1")
    assert not versions.prerelease("Debian", "1.0-1~bpo1")
    assert versions.major("Debian", "1:12.3-4") == "12"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("Debian", a, b, c)


@pytest.mark.native
def test_dpkg_agrees():
    script = """
    while IFS='\t' read -r a b; do
        if dpkg --compare-versions "$a" lt "$b" 2>/dev/null; then echo -1
        elif dpkg --compare-versions "$a" gt "$b" 2>/dev/null; then echo 1
        elif dpkg --compare-versions "$a" eq "$b" 2>/dev/null; then echo 0
        else echo E; fi
    done
    """
    asked = ordering.pairs(POOL, SUFFIXES, count=200)
    assert ordering.disagreements("Debian", ["sh", "-c", script], asked) == []
