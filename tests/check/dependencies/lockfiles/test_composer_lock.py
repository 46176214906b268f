import json

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import composer_lock

CASE = "composer-lock/valid-project/composer.lock"


def _read(document, **neighbours):
    lockfile = answered(composer_lock, alone("composer.lock", json.dumps(document, indent=4), **neighbours))
    assert lockfile is not None
    return lockfile


def _locked(*rows, dev=()):
    return {"packages": list(rows), "packages-dev": list(dev)}


def test_composers_own_lockfile_is_read():
    # `composer show --locked` names these, and acme/lib, which is the project's own, and acme/fork, a branch
    lockfile = answered(composer_lock, source(CASE))
    assert {(package.name, package.version, package.groups, package.direct) for package in lockfile.packages} == {
        ("acme/logger", "1.2.0", (), True),
        ("guzzlehttp/guzzle", "v6.5.2", (), True),
        ("monolog/monolog", "2.1.0", (), True),
        ("psr/log", "1.1.4", (), False),
        ("phpunit/phpunit", "9.5.0", ("dev",), True),
    }
    assert lockfile.packages[2].date == "2020-05-22T07:31:27+00:00"
    assert [part.reason for part in lockfile.unread] == ["acme/fork: is the branch 'dev-main', not a release"]
    lines = source(CASE).data.decode().splitlines()
    for package, line in zip(lockfile.packages, lockfile.lines(), strict=True):
        assert lines[line - 1] == f'            "name": "{package.name}",'


def test_a_package_stands_for_what_it_provides():
    lockfile = answered(composer_lock, source(CASE))
    by_name = {package.name: number for number, package in enumerate(lockfile.packages)}
    graph = lockfile.graph()
    assert graph.edges[by_name["guzzlehttp/guzzle"]] == [by_name["acme/logger"]]
    assert graph.edges[by_name["monolog/monolog"]] == [by_name["psr/log"]]
    assert by_name["psr/log"] not in graph.roots


def test_without_composer_json_nothing_says_what_is_direct():
    lockfile = _read(_locked({"name": "a/b", "version": "1.0.0"}))
    assert lockfile.packages[0].direct is None
    assert lockfile.graph() is None


@pytest.mark.parametrize("version", ["dev-main", "1.x-dev", "2.0.x-DEV", "dev-feature/x"])
def test_a_branch_is_said_not_to_be_examined(version):
    lockfile = _read(_locked({"name": "a/b", "version": version}))
    assert not lockfile.packages
    assert lockfile.unread[0].units == 1


def test_packages_of_drupals_own_repository_have_osvs_ecosystem():
    row = {"name": "drupal/x", "version": "1.2.0", "notification-url": "https://packages.drupal.org/8/downloads"}
    assert names(_read(_locked(row))) == {("Packagist:https://packages.drupal.org/8", "drupal/x", "1.2.0")}


def test_what_composer_json_requires_and_the_lockfile_lacks_is_said():
    asked = '{"require": {"php": ">=8", "ext-json": "*", "a/b": "*", "c/gone": "*"}, "require-dev": {"d/gone": "*"}}'
    document = _locked({"name": "a/b", "version": "1.0.0", "replace": {"d/gone": "self.version"}})
    document["packages-dev"] = None
    lockfile = _read(document, composer_dot_json=asked)
    assert [part.reason for part in lockfile.unread] == ["c/gone: is required by composer.json and not in the lockfile"]


@pytest.mark.parametrize("row", [7, {}, {"name": "a/b"}, {"name": "", "version": "1"}, {"version": "1"}, None])
def test_an_entry_that_cannot_be_read_is_counted(row):
    lockfile = _read(_locked(row, {"name": "c/d", "version": "1.0.0"}))
    assert len(lockfile.packages) == 1
    assert sum(part.units for part in lockfile.unread) == 1


def test_a_minified_lockfile_has_lines_too():
    data = json.dumps(_locked({"name": "a/b", "version": "1.0.0"}, {"name": "c/d", "version": "1.0.0"}))
    lockfile = answered(composer_lock, alone("composer.lock", data))
    assert list(lockfile.lines()) == [1, 1]


def test_development_packages_that_stand_first_keep_their_lines():
    document = {"packages-dev": [{"name": "d/d", "version": "1"}], "packages": [{"name": "a/a", "version": "1"}]}
    lockfile = _read(document)
    text = json.dumps(document, indent=4).splitlines()
    for package, line in zip(lockfile.packages, lockfile.lines(), strict=True):
        assert package.name in text[line - 1]
