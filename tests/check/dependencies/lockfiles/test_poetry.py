import pytest
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import poetry
from wardline.check.dependencies.model import LockfileError

END = '\n[metadata]\nlock-version = "2.0"\npython-versions = ">=3.11"\ncontent-hash = "0"\n'


def _package(name, version, *lines):
    return "\n".join(["[[package]]", f'name = "{name}"', f'version = "{version}"', "optional = false", *lines, ""])


def _groups(lockfile):
    return {package.name: package.groups for package in lockfile.packages}


def test_groups_of_the_newest_lock_are_its_own():
    lockfile = poetry.read(source("poetry/valid-2.1/poetry.lock"))
    groups = _groups(lockfile)
    assert len(groups) == 11
    assert groups["iniconfig"] == ("dev",)
    assert groups["pycodestyle"] == ("lint",)
    assert groups["certifi"] == ()  # wanted by lint, and by httpx in production
    assert groups["socksio"] == ("proxy",)
    assert {package.name for package in lockfile.packages if package.direct} == {
        "certifi", "httpx", "iniconfig", "pycodestyle", "socksio",
    }  # fmt: skip


@pytest.mark.parametrize("writer", ["1.1.15", "1.4.2", "1.8.5"])
def test_older_locks_say_the_same_by_category_or_by_pyproject(writer):
    lockfile = poetry.read(source(f"poetry/valid-by-{writer}/poetry.lock"))
    groups = _groups(lockfile)
    assert len(groups) == 10
    assert groups.pop("iniconfig") == ("dev",)
    assert groups.pop("socksio") == ("proxy",)
    assert set(groups.values()) == {()}
    assert {package.name for package in lockfile.packages if package.direct} == {"httpx", "iniconfig", "socksio"}


def test_without_a_pyproject_only_what_nobody_needs_is_known_to_be_direct():
    text = _package("a", "1", "[package.dependencies]", 'b = ">=1"') + _package("b", "1") + END
    lockfile = poetry.read(alone("poetry.lock", text))
    assert {package.name: package.direct for package in lockfile.packages} == {"a": True, "b": None}
    assert lockfile.packages[0].groups == ()


def test_a_broken_pyproject_is_as_good_as_none():
    lockfile = poetry.read(alone("poetry.lock", _package("a", "1") + END, pyproject_dot_toml="["))
    assert lockfile.packages[0].direct is True


def test_names_are_compared_as_the_registry_does():
    text = _package("Zope.Interface", "1") + _package("a", "1", "[package.dependencies]", 'zope_interface = "*"') + END
    pyproject = '[tool.poetry.dependencies]\npython = "*"\nA = "*"\n'
    lockfile = poetry.read(alone("poetry.lock", text, pyproject_dot_toml=pyproject))
    assert {package.name: package.direct for package in lockfile.packages} == {"Zope.Interface": False, "a": True}
    assert lockfile.graph().edges == [[], [0]]


def test_sources_other_than_folders_are_packages():
    text = (
        _package("a", "1", "[package.source]", 'type = "git"', 'url = "https://git.example/a"')
        + _package(
            "b", "1", "[package.source]", 'type = "directory"', 'url = "../b"', "[package.dependencies]", 'c = "*"'
        )
        + _package("c", "1")
        + _package("d", "1", "[package.source]", 'type = "file"', 'url = "vendor/d-1.tar.gz"')
        + END
    )
    lockfile = poetry.read(alone("poetry.lock", text, pyproject_dot_toml="[tool.poetry.dependencies]\na = '*'\n"))
    assert {package.name: package.direct for package in lockfile.packages} == {"a": True, "c": True, "d": False}


def test_an_optional_dependency_is_on_a_path_only_if_nothing_else_brings_it():
    text = (
        _package(
            "a",
            "1",
            "[package.dependencies]",
            'b = {version = "*", optional = true}',
            'c = {version = "*", optional = true}',
        )
        + _package("b", "1")
        + _package("c", "1")
        + _package("d", "1", "[package.dependencies]", 'b = "*"')
        + END
    )
    assert poetry.read(alone("poetry.lock", text)).graph().edges == [[2], [], [], [1]]


def test_an_optional_package_that_no_extra_names_is_optional():
    text = _package("a", "1").replace("optional = false", 'optional = true\ngroups = ["main"]') + END
    assert poetry.read(alone("poetry.lock", text)).packages[0].groups == ("optional",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[package]]\n",
        _package("a", "1"),
        END.replace("2.0", "3.0"),
        END.replace('"2.0"', "2"),
        "package = 1\n" + END,
    ],
)
def test_what_is_no_whole_lock_of_a_known_version_is_refused(text):
    with pytest.raises(LockfileError):
        poetry.read(alone("poetry.lock", text))


def test_wrong_types_are_unread():
    text = (
        '[[package]]\nname = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = 1\n'
        + _package("b", "1", "groups = 1", "dependencies = 1")
        + END
    )
    lockfile = poetry.read(alone("poetry.lock", text))
    assert names(lockfile) == {("PyPI", "b", "1")}
    assert sum(part.units for part in lockfile.unread) == 2
