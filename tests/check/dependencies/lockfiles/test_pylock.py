import pytest
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import pylock
from wardline.check.dependencies.model import LockfileError

HEAD = 'lock-version = "1.0"\ncreated-by = "hand"\n'


def _read(body, **near):
    return pylock.read(alone("pylock.toml", HEAD + body, **near))


def test_an_export_of_uv_is_read_with_dates_and_what_is_direct():
    lockfile = pylock.read(source("pylock/valid-uv/pylock.toml"))
    assert len(lockfile.packages) == 27
    assert all(package.date for package in lockfile.packages)
    assert {package.name for package in lockfile.packages if package.direct} == {
        "attrs", "httpx", "iniconfig", "pycodestyle",
    }  # fmt: skip
    assert lockfile.graph() is None


@pytest.mark.parametrize(
    ("marker", "groups"),
    [
        ("'dev' in dependency_groups", ("dev",)),
        ("'dev' in dependency_groups or 'docs' in extras", ("dev", "docs")),
        ("('dev' in dependency_groups and python_version < '3.12') or ('x' in extras)", ("dev", "x")),
        ("'dev' in dependency_groups or sys_platform == 'win32'", ()),
        ("'dev' in dependency_groups and (sys_platform == 'win32' or os_name == 'nt')", ()),
        ("'main' in dependency_groups or 'dev' in dependency_groups", ()),
        ("sys_platform == 'win32'", ()),
        ("", ()),
    ],
)
def test_a_group_alone_in_a_marker_makes_the_package_that_groups(marker, groups):
    lockfile = _read(f'default-groups = ["main"]\n[[packages]]\nname = "a"\nversion = "1"\nmarker = "{marker}"\n')
    assert lockfile.packages[0].groups == groups


def test_dependencies_make_the_graph():
    lockfile = _read(
        '[[packages]]\nname = "a"\nversion = "1"\ndependencies = [{ name = "b", version = "2" }]\n'
        '[[packages]]\nname = "b"\nversion = "1"\n[[packages]]\nname = "b"\nversion = "2"\n'
    )
    assert lockfile.graph().edges == [[2], [], []]
    assert lockfile.packages[0].direct is True


def test_a_version_may_be_in_the_file_name_only():
    lockfile = _read(
        '[[packages]]\nname = "a"\narchive = { url = "https://files.example/a-1.0.tar.gz#sha256=0" }\n'
        '[[packages]]\nname = "b"\nvcs = { type = "git", url = "https://git.example/b" }\n'
        '[[packages]]\nname = "c"\ndirectory = { path = "." }\n'
    )
    assert names(lockfile) == {("PyPI", "a", "1.0")}
    assert [part.reason for part in lockfile.unread] == ["b: has no name or version that can be read"]


def test_lines_are_found_in_single_quotes_too():
    assert _read("[[packages]]\nversion = '1'\nname = 'a'\n").lines() == [5]


@pytest.mark.parametrize("text", ["", "[", 'lock-version = "2.0"\n', "lock-version = 1.0\n", HEAD + "packages = 1\n"])
def test_what_is_no_lock_of_a_known_version_is_refused(text):
    with pytest.raises(LockfileError):
        pylock.read(alone("pylock.toml", text))
