from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions


def test_a_patch_comes_after_what_it_patches():
    for ecosystem in ("Root", "Root:npm"):
        ordering.assert_ascending(
            ecosystem,
            "1.0.0-rc.1",
            "1.0.0",
            ("1.0.0.root.io.1", "1.0.0+root.io.1"),
            "1.0.0.root.io.5",
            "1.0.0.root.io.10",
            "1.0.1",
        )
    ordering.assert_ascending("Echo:npm", ("1.0.0", "1.0.0+other"), "1.0.0+echo.1", "1.0.0+echo.12", "1.0.1")


def test_other_rebuilt_packages_follow_their_own_ecosystem():
    ordering.assert_ascending("Root:PyPI", "1.0.0rc1", "1.0.0", "1.0.0+root.io.1", "1.0.0+root.io.5", "1.0.1")
    ordering.assert_ascending("Root:Alpine:3.18", "1.0.0_rc1-r0", "1.0.0-r20071", "1.0.0-r20072")
    ordering.assert_ascending("Root:Debian:12", "22.12.0-2.root.io.1", "22.12.0-2+deb12u1.root.io.5")
    ordering.assert_ascending("TuxCare:Maven", "1.0-SNAPSHOT", ("1.0", "1.0.0"))
    ordering.assert_ascending("Echo", "1.0~rc1-1", "1.0-1", "1.0-1+e1")


def test_the_upstream_version_says_what_is_major_and_a_prerelease():
    assert versions.major("Root:npm", "0.4.1.root.io.3") == "0.4"
    assert versions.prerelease("Root:npm", "1.0.0-rc.1+root.io.3")
    assert not versions.prerelease("Root:npm", "1.0.0.root.io.3")
