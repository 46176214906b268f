import json

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import pipfile
from wardline.check.dependencies.model import LockfileError


def _read(document, **near):
    return pipfile.read(alone("Pipfile.lock", json.dumps({"_meta": {"pipfile-spec": 6}, **document}, indent=4), **near))


def test_categories_are_groups_and_the_pipfile_tells_what_is_direct():
    lockfile = pipfile.read(source("pipfile/valid-categories/Pipfile.lock"))
    groups = {package.name: package.groups for package in lockfile.packages}
    assert len(groups) == 13
    assert groups.pop("iniconfig") == ("dev",)
    assert groups.pop("pycodestyle") == ("docs",)
    assert set(groups.values()) == {()}
    assert {package.name for package in lockfile.packages if package.direct} == {"httpx", "iniconfig", "pycodestyle"}


def test_without_a_pipfile_nobody_knows_what_is_direct():
    lockfile = _read({"default": {"a": {"version": "==1.0"}}})
    assert lockfile.packages[0].direct is None
    assert lockfile.graph() is None


def test_a_package_of_production_and_development_is_productions():
    lockfile = _read({"default": {"a": {"version": "==1.0"}}, "develop": {"a": {"version": "==1.0"}}})
    assert [package.groups for package in lockfile.packages] == [()]


def test_local_folders_are_left_out_and_what_has_no_version_is_said_so():
    lockfile = _read(
        {
            "default": {
                "here": {"path": ".", "editable": True},
                "git": {"git": "https://git.example/g.git", "ref": "0123"},
                "wheel": {"file": "https://files.example/wheel-2.0-py3-none-any.whl"},
                "star": {"version": "*"},
                "wild": {"version": "==1.*"},
                "odd": 7,
            }
        }
    )
    assert names(lockfile) == {("PyPI", "wheel", "2.0")}
    assert {(part.reason, part.units) for part in lockfile.unread} == {
        ("git: has no exact version in the lockfile", 1),
        ("star, wild, odd: has no exact version in the lockfile", 3),
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"_meta": {"pipfile-spec": 7}}', "{", '{"_meta": {}, "_meta": {}}'])
def test_what_is_no_pipfile_lock_is_refused(text):
    with pytest.raises(LockfileError):
        pipfile.read(alone("Pipfile.lock", text))


def test_a_category_of_another_type_is_unread():
    assert sum(part.units for part in _read({"default": [1]}).unread) == 1
