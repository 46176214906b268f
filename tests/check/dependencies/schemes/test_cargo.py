from hypothesis import given
from tests.check.dependencies.schemes import ordering
from tests.check.dependencies.schemes.test_semver import VERSION

from wardline.check.dependencies import versions


def test_build_metadata_decides_last():
    """The order of the semver crate's `BuildMetadata`: 0 < 00 < 1 < 01 < 2 < 10 < text."""
    ordering.assert_ascending(
        "crates.io",
        "1.0.0-rc.1",
        "1.0.0-rc.1+a",
        "1.0.0",
        "1.0.0+0",
        "1.0.0+00",
        "1.0.0+1",
        "1.0.0+01",
        "1.0.0+2",
        "1.0.0+10",
        "1.0.0+10.a",
        "1.0.0+a",
        "1.0.1",
    )


def test_an_advisory_does_not_see_build_metadata():
    entry = {"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"last_affected": "111.15.0"}]}]}
    assert versions.compare("crates.io", "111.15.0", "111.15.0+1.1.1k") == -1
    assert versions.entry_affects(entry, "crates.io", "111.15.0+1.1.1k")
    assert not versions.entry_affects(entry, "crates.io", "111.15.1+1.1.1k")


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("crates.io", a, b, c)
