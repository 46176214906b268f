from hypothesis import given
from tests.check.dependencies.schemes import ordering
from tests.check.dependencies.schemes.test_semver import VERSION

from wardline.check.dependencies import versions


def test_build_metadata_comes_after_the_version_without_any():
    for ecosystem in ("Pub", "Julia"):
        ordering.assert_ascending(
            ecosystem,
            "1.0.0-alpha",
            "1.0.0-alpha+1",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0+0.3.7",
            "1.0.0+1",
            "1.0.0+2",
            "1.0.0+10",
            "1.0.0+build",
            "1.0.0+build.2.b8f12d7",
            "1.0.1",
        )


def test_a_patched_build_is_past_its_fix():
    entry = {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.13+1"}]}]}
    assert versions.entry_affects(entry, "Julia", "1.2.13+0")
    assert not versions.entry_affects(entry, "Julia", "1.2.13+1")


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("Pub", a, b, c)
