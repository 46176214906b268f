from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions


def test_a_revision_comes_after_the_version_it_packages():
    ordering.assert_ascending(
        "Bitnami", "2.4.51-7", "2.4.52-rc1", ("2.4.52", "2.4.52+b"), "2.4.52-0", "2.4.52-1", "2.4.52-10", "2.4.53"
    )


def test_a_revision_is_no_prerelease():
    assert not versions.prerelease("Bitnami", "2.4.52-3")
    assert versions.prerelease("Bitnami", "2.4.52-rc1")
    assert versions.major("Bitnami", "2.4.52-3") == "2"
