import pytest
from benchmarks.synthetic import uv_lock
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import uv
from wardline.check.dependencies.model import LockfileError, shortest_paths

HEAD = 'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n'
PROJECT = '\n[[package]]\nname = "orders"\nversion = "0.1.0"\nsource = { editable = "." }\n'


def _package(name, version, *lines, source_='{ registry = "https://registry.example/simple" }'):
    return "\n".join(
        ["", "[[package]]", f'name = "{name}"', f'version = "{version}"', f"source = {source_}", *lines, ""]
    )


def _read(*parts):
    return uv.read(alone("uv.lock", HEAD + "".join(parts)))


def _by_name(lockfile):
    return {package.name: package for package in lockfile.packages}


def test_a_workspace_is_read_as_uv_exports_it():
    lockfile = uv.read(source("uv/valid-workspace/uv.lock"))
    groups = {}
    for package in lockfile.packages:
        groups.setdefault(package.groups, set()).add((package.name, package.version))
    assert len(lockfile.packages) == 27
    assert groups["dev", "lint"] == {("pycodestyle", "2.14.0"), ("pycodestyle", "2.15.0")}
    assert groups["dev",] == {("iniconfig", "2.1.0"), ("iniconfig", "2.3.1")}
    assert groups["proxy",] == {("socksio", "1.0.0")}
    assert {name for name, _ in groups["extra",]} == {"more-itertools"}
    assert ("attrs", "23.1.0") in groups[()]
    assert ("attrs", "24.2.0") in groups[()]
    direct = {package.name for package in lockfile.packages if package.direct}
    assert direct == {"attrs", "httpx", "iniconfig", "more-itertools", "pycodestyle", "zipp"}


def test_a_script_names_its_direct_packages_in_the_manifest():
    lockfile = uv.read(source("uv/valid-script/script.py.lock"))
    assert [package.name for package in lockfile.packages if package.direct] == ["httpx"]
    assert all(package.groups == () for package in lockfile.packages)


SDIST = (
    '{ url = "https://registry.example/z.tar.gz", hash = "sha256:0", size = 7, upload-time = "2024-03-02T00:00:00Z" }'
)
WHEEL = '{ url = "https://registry.example/z.whl", hash = "sha256:1", upload-time = "2024-03-01T00:00:00Z" }'


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        ([f"sdist = {SDIST}", f"wheels = [\n    {WHEEL},\n]"], "2024-03-02T00:00:00Z"),
        ([f"wheels = [\n    {WHEEL},\n    {WHEEL},\n]"], "2024-03-01T00:00:00Z"),
        ([f"sdist = {SDIST}"], "2024-03-02T00:00:00Z"),
        ([f"wheels = [{WHEEL}]"], "2024-03-01T00:00:00Z"),
        (['sdist = { url = "x", hash = "y" }', "wheels = [\n]"], None),
        (["sdist = 1", "wheels = [1, {}]"], None),
    ],
)
def test_the_date_is_that_of_the_source_archive_or_of_the_first_wheel(lines, date):
    assert _read(_package("zipp", "3.0.0", *lines)).packages[0].date == date


def test_files_that_are_left_out_for_speed_change_nothing():
    given = source("uv/valid-workspace/uv.lock")
    assert len(uv._FILES.findall(given.data)) == 27
    fast = uv.read(given)
    slow = uv.read(given._replace(data=given.data + b"# '''\n"))
    assert fast.packages == slow.packages
    assert fast.graph() == slow.graph()
    assert fast.lines() == slow.lines()


def test_a_broken_line_keeps_its_number():
    with pytest.raises(LockfileError) as caught:
        _read(_package("zipp", "3.0.0", f"sdist = {SDIST}", f"wheels = [\n    {WHEEL},\n]"), "x = \n")
    assert caught.value.line == HEAD.count("\n") + 10


def test_local_packages_are_the_project_and_what_they_ask_for_is_direct():
    lockfile = _read(
        PROJECT + 'dependencies = [{ name = "lib" }]\n',
        _package("lib", "1.0", 'dependencies = [{ name = "zipp" }]', source_='{ directory = "lib" }'),
        _package("zipp", "3.0.0"),
    )
    assert names(lockfile) == {("PyPI", "zipp", "3.0.0")}
    assert lockfile.packages[0].direct is True


def test_an_extra_of_a_local_package_belongs_to_who_asks_for_it():
    lockfile = _read(
        PROJECT + 'dependencies = [{ name = "lib", extra = ["fast"] }]\n',
        _package(
            "lib", "1.0", "[package.optional-dependencies]", 'fast = [{ name = "zipp" }]', source_='{ virtual = "lib" }'
        ),
        _package("zipp", "3.0.0"),
    )
    assert lockfile.packages[0].groups == ()


def test_extras_of_local_packages_that_name_one_another_come_to_an_end():
    lockfile = _read(
        PROJECT + "[package.optional-dependencies]\n"
        'a = [{ name = "orders", extra = ["b"] }]\nb = [{ name = "orders", extra = ["a"] }, { name = "zipp" }]\n',
        _package("zipp", "3.0.0"),
    )
    assert lockfile.packages[0].groups == ("a", "b")


def test_git_url_and_archives_are_reported_at_the_version_that_the_lockfile_gives():
    lockfile = _read(
        _package("a", "1.0", source_='{ git = "https://git.example/a?rev=main#0123" }'),
        _package("b", "2.0", source_='{ url = "https://files.example/b-2.0.tar.gz" }'),
        _package("c", "3.0", source_='{ path = "vendor/c-3.0-py3-none-any.whl" }'),
    )
    assert {name for _, name, _ in names(lockfile)} == {"a", "b", "c"}


def test_a_package_without_a_version_is_not_dropped():
    lockfile = _read('\n[[package]]\nname = "a"\nsource = { git = "https://git.example/a" }\n')
    assert lockfile.packages == []
    assert [(part.reason, part.units) for part in lockfile.unread] == [("a: has no version in the lockfile", 1)]


def test_a_dependency_that_is_not_in_the_file_is_said_so():
    lockfile = _read(PROJECT + 'dependencies = [{ name = "gone" }]\n')
    assert lockfile.unread[0].reason == "gone: is needed and not in the file"


def test_a_dependency_means_the_version_and_the_source_that_it_names():
    lockfile = _read(
        PROJECT + 'dependencies = [{ name = "a", version = "2.0", source = { registry = "https://two.example" } }]\n',
        _package("a", "1.0", source_='{ registry = "https://one.example" }'),
        _package("a", "2.0", source_='{ registry = "https://two.example" }'),
    )
    assert {package.version: package.direct for package in lockfile.packages} == {"1.0": False, "2.0": True}


def test_a_cycle_is_walked_once():
    lockfile = _read(
        PROJECT + 'dependencies = [{ name = "a" }]\n',
        _package("a", "1", 'dependencies = [{ name = "b" }]'),
        _package("b", "1", 'dependencies = [{ name = "a" }]'),
    )
    assert shortest_paths(lockfile.graph()) == [(0,), (0, 1)]


def test_lines_are_right_in_other_spellings_of_toml():
    text = 'version = 1\n[[ package ]]\nname = \'a\'\nversion = "1"\nsource = { registry = "x" }\n'
    assert uv.read(alone("uv.lock", text)).lines() == [3]
    inline = 'version = 1\npackage = [\n  { name = "b", version = "1", source = { registry = "x" } },\n]\n'
    assert uv.read(alone("uv.lock", inline)).lines() == [3]


@pytest.mark.parametrize(
    "text", ["version = 2\n", "version = '1'\n", "version = 1\npackage = 1\n", "", "[", "version = true"]
)
def test_what_is_no_uv_lock_of_a_known_version_is_refused(text):
    with pytest.raises(LockfileError):
        uv.read(alone("uv.lock", text))


def test_wrong_types_are_unread_or_absent():
    lockfile = _read(
        "\n[[package]]\nname = 1\nsource = {}\n",
        '\n[[package]]\nname = "a"\nversion = 1\nsource = { registry = "x" }\n',
        '\n[[package]]\nname = "b"\nversion = "1"\nsource = { registry = "x" }\n'
        "dependencies = [1, {}, {name = 1}]\nwheels = [1]\n",
    )
    assert names(lockfile) == {("PyPI", "b", "1")}
    assert sum(part.units for part in lockfile.unread) == 5


def test_a_large_lockfile_is_read_whole():
    lockfile = uv.read(alone("uv.lock", uv_lock(500, 3, known=[("zz-known", "1.2.3")])))
    assert len(lockfile.packages) == 500
    assert ("PyPI", "zz-known", "1.2.3") in names(lockfile)
    assert not lockfile.unread
    assert all(package.date for package in lockfile.packages)
