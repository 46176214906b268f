from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions


def test_pseudo_versions_come_between_the_versions_they_are_named_after():
    """The Go Modules Reference, "Pseudo-versions"."""
    ordering.assert_ascending(
        "Go",
        "v0.0.0-20170915032832-14c0d48ead0c",
        "v0.0.0-20191109021931-daa7c04131f5",
        "v0.0.0",
        "v1.2.3-pre",
        "v1.2.3-pre.0.20191109021931-daa7c04131f5",
        "v1.2.3",
        "v1.2.4-0.20191109021931-daa7c04131f5",
        "v1.2.4",
    )


def test_incompatible_is_metadata_and_the_v_may_be_missing():
    ordering.assert_ascending("Go", ("v1", "v1.0", "1.0.0"), ("v2.0.0+incompatible", "2.0.0"), "v10.0.0+incompatible")


def test_the_toolchain_has_numbers_of_its_own():
    ordering.assert_ascending(
        "Go",
        ("go1.21beta1", "1.21.0-beta.1"),
        ("go1.21rc2", "1.21rc2", "1.21.0-rc.2"),
        "1.21.0-rc.10",
        ("go1.21", "go1.21.0", "1.21.0"),
        ("go1.21.3", "1.21.3"),
    )


def test_what_is_no_version_is_refused():
    ordering.assert_unreadable("Go", "(devel)", "master", "RELEASE.2024-05-27T19-17-46Z", "go", "v", "v1.2.3-")


def test_zero_and_one_are_different_majors():
    assert versions.major("Go", "v0.9.1") == "0"
    assert versions.major("Go", "go1.22rc1") == "1"
    assert versions.prerelease("Go", "go1.22rc1")
    assert versions.prerelease("Go", "v0.0.0-20191109021931-daa7c04131f5")
    assert not versions.prerelease("Go", "v2.0.0+incompatible")
