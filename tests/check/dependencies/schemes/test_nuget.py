from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

VERSION = st.builds(
    "{}{}{}".format,
    st.lists(st.integers(0, 3), min_size=1, max_size=4).map(lambda numbers: ".".join(map(str, numbers))),
    st.sampled_from(("", "", "-beta", "-BETA", "-rc.1", "-1", "--1", "-a.b", "-2147483648")),
    st.sampled_from(("", "", "+meta", "+a.1")),
)


def test_missing_numbers_metadata_and_case_do_not_count():
    """NuGet documentation, "Normalized version numbers"."""
    ordering.assert_ascending(
        "NuGet",
        ("1.0.0-beta", "1.0-BETA", "1.0.0.0-Beta+AA", "1.00.0-beta"),
        ("1.0.0-beta.1", "1-BETA.1"),
        ("1", "1.0", "1.0.0", "1.0.0.0", "1.0.0+sha.1", " 1.0 ", "v1.0"),
        ("1.0.0.1-1.2.A", "1.0.0.1-1.2.a+A"),
        "1.0.0.1",
        ("1.0.1", "1.0.01"),
    )


def test_prereleases_are_ordered_as_in_semver():
    """NuGet documentation, "Package versioning: pre-release versions" (SemVer 2.0.0)."""
    ordering.assert_ascending(
        "NuGet", "1.0.1-aaa", "1.0.1-alpha", "1.0.1-alpha.2", "1.0.1-alpha.10", "1.0.1-alpha10", "1.0.1-alpha2",
        "1.0.1-beta", "1.0.1-hotfix", "1.0.1-rc", "1.0.1-zzz", "1.0.1",
    )  # fmt: skip


def test_labels_are_numbers_while_they_fit_32_bits():
    ordering.assert_ascending(
        "NuGet", "1.0.0--5", "1.0.0-2", "1.0.0-2147483647", "1.0.0-10000000000", "1.0.0-3000000000"
    )


def test_what_nuget_refuses_is_refused():
    ordering.assert_unreadable(
        "NuGet",
        "",
        "a",
        "1.2.3.4.5",
        "1.0.",
        ".1",
        "1.0.0-",
        "1.0.0-a..b",
        "1.0.0-a_b",
        "1.0+",
        "1.0-é",
        "64e00e7",
        "1 0",
    )


def test_prereleases_and_majors():
    assert versions.prerelease("NuGet", "1.0-rc")
    assert not versions.prerelease("NuGet", "1.0+rc")
    assert versions.major("NuGet", "012.1") == "12"


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("NuGet", a, b, c)
