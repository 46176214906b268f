from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.builds(
    "{}{}{}".format,
    st.lists(st.sampled_from(("0", "1", "2", "10", "a", "1b")), min_size=1, max_size=4).map(".".join),
    st.sampled_from(("", "", "-rc.1", "-alpha", "-", "-1")),
    st.sampled_from(("", "", "+build", "+1", "+1.2")),
)


def test_the_order_is_that_of_conan():
    """Conan 2, "Version ranges" and the tests of its `Version`."""
    ordering.assert_ascending(
        "ConanCenter",
        "1.1.1-alpha",
        "1.1.1-rc.1",
        "1.1.1-rc.2",
        ("1.1.1", "1.1.1.0"),
        "1.1.1+1",
        "1.1.1+2",
        "1.1.1+a",
        "1.1.1a",
        "1.1.1w",
        "1.1.2",
        ("1.2", "1.2.0.0"),
        "1.10",
        "cci.20200101",
        "cci.20230101",
    )


def test_what_is_no_version_is_refused():
    ordering.assert_unreadable("ConanCenter", "", "1 0")


def test_prereleases_and_majors():
    assert versions.prerelease("ConanCenter", "1.0-rc1")
    assert not versions.prerelease("ConanCenter", "1.0+rc1")
    assert versions.major("ConanCenter", "3.1.0") == "3"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("ConanCenter", a, b, c)
