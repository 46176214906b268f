from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import nuget_config


def test_packages_and_development_dependencies_are_told_apart():
    lockfile = answered(nuget_config, source("nuget-config/valid-project/packages.config"))
    assert names(lockfile) == {
        ("NuGet", "jQuery", "3.1.1"),
        ("NuGet", "Newtonsoft.Json", "9.0.1"),
        ("NuGet", "StyleCop.MSBuild", "5.0.0"),
    }
    assert [package.groups for package in lockfile.packages] == [(), (), ("dev",)]
    assert lockfile.lines() == [3, 4, 5]


def test_a_package_without_a_version_is_counted():
    lockfile = answered(
        nuget_config, alone("packages.config", '<packages><package id="a"/><package version="1"/></packages>')
    )
    assert lockfile.unread[0].units == 2


def test_another_document_is_refused():
    assert answered(nuget_config, alone("packages.config", "<configuration/>")) is None
