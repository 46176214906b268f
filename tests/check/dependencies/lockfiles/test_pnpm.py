import pytest
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import pnpm
from wardline.check.dependencies.model import LockfileError


def _read(text):
    return pnpm.read(alone("pnpm-lock.yaml", text))


def _facts(lockfile):
    return {(package.name, package.version): (package.groups, package.direct) for package in lockfile.packages}


@pytest.mark.parametrize("generation", [5, 6, 7, 8, 9])
def test_every_generation_is_read_as_pnpm_lists_it(generation):
    facts = _facts(pnpm.read(source(f"pnpm/valid-pnpm{generation}/pnpm-lock.yaml")))
    assert len(facts) in {27, 28}  # the oldest two leave fsevents' folder dependency or package out
    assert facts["mkdirp", "0.5.1"] == (("dev",), True)
    assert facts["minimist", "0.0.8"] == (("dev",), False)
    assert facts["minimist", "1.2.5"] == (("dev",), True)
    assert facts["lodash", "4.17.20"] == ((), True)
    assert facts["semver", "5.7.1"] == ((), True)  # behind an alias
    assert facts["use-sync-external-store", "1.2.0"] == ((), True)  # with a peer's suffix
    assert facts["fsevents", "2.3.2"] == (("optional",), True)
    assert facts["js-tokens", "4.0.0"] == ((), False)


def test_keys_of_all_generations_give_name_and_version():
    old = "lockfileVersion: 5.4\npackages:\n"
    for key in ("/a/1.0.0", "/@s/b/2.0.0_react@17.0.0", "registry.example/c/3.0.0", "/d/4.0.0/peer@1.0.0"):
        old += f"  {key}:\n    resolution: {{integrity: x}}\n"
    assert {name[1:] for name in names(_read(old))} == {
        ("a", "1.0.0"),
        ("@s/b", "2.0.0"),
        ("c", "3.0.0"),
        ("d", "4.0.0"),
    }
    new = "lockfileVersion: '9.0'\npackages:\n  '@s/b@2.0.0(react@17.0.0)':\n    resolution: {}\n"
    assert names(_read(new)) == {("npm", "@s/b", "2.0.0")}


def test_the_same_version_with_other_peers_is_one_package_with_all_needs():
    lockfile = _read(
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: 1\n"
        "        version: 1.0.0(p@1.0.0)\npackages:\n  a@1.0.0: {}\n  p@1.0.0: {}\n  q@1.0.0: {}\nsnapshots:\n"
        "  a@1.0.0(p@1.0.0):\n    dependencies:\n      p: 1.0.0\n"
        "  a@1.0.0(q@1.0.0):\n    dependencies:\n      q: 1.0.0\n"
        "  p@1.0.0: {}\n  q@1.0.0: {}\n"
    )
    assert lockfile.graph().edges == [[1, 2], [], []]


def test_the_document_of_the_package_manager_has_groups_of_its_own():
    lockfile = _read(
        "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n"
        "    packageManagerDependencies:\n      pnpm:\n        specifier: 11.0.0\n"
        "        version: 11.0.0\n    configDependencies:\n      c:\n"
        "        specifier: 1.0.0\n        version: 1.0.0\npackages:\n"
        "  pnpm@11.0.0: {}\n  c@1.0.0: {}\nsnapshots:\n  pnpm@11.0.0: {}\n  c@1.0.0: {}\n"
        "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n"
        "      a:\n        specifier: ^1\n        version: 1.0.0\n"
        "packages:\n  a@1.0.0: {}\nsnapshots:\n  a@1.0.0: {}\n"
    )
    assert _facts(lockfile) == {
        ("pnpm", "11.0.0"): (("package-manager",), True),
        ("c", "1.0.0"): (("config",), True),
        ("a", "1.0.0"): ((), True),
    }
    assert lockfile.lines() == [14, 15, 28]


def test_dates_stand_in_time():
    lockfile = _read(
        "lockfileVersion: '6.0'\ntime:\n  /a@1.0.0: '2020-01-02T03:04:05.678Z'\n"
        "packages:\n  /a@1.0.0:\n    dev: false\n"
    )
    assert lockfile.packages[0].date == "2020-01-02T03:04:05.678Z"


def test_local_git_runtime_and_tarball_references():
    lockfile = _read(
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      folder:\n        specifier: file:x\n"
        "        version: file:x\npackages:\n"
        "  folder@file:x:\n    resolution: {directory: x, type: directory}\n"
        "  git@https://codeload.example/g/tar.gz/0123:\n"
        "    resolution: {tarball: https://codeload.example/g/tar.gz/0123}\n"
        "    version: 1.5.0\n"
        "  bare@https://codeload.example/b/tar.gz/0123:\n"
        "    resolution: {tarball: https://codeload.example/b/tar.gz/0123}\n"
        "  tar@https://files.example/tar-2.0.0.tgz:\n    resolution: {tarball: https://files.example/tar-2.0.0.tgz}\n"
        "  node@runtime:22.0.0:\n    resolution: {type: variations}\n  child@1.0.0: {}\n"
        "snapshots:\n  folder@file:x:\n    dependencies:\n      child: 1.0.0\n"
    )
    assert names(lockfile) == {("npm", "git", "1.5.0"), ("npm", "tar", "2.0.0"), ("npm", "child", "1.0.0")}
    assert _facts(lockfile)["child", "1.0.0"] == ((), True)
    assert {part.reason.partition(":")[0] for part in lockfile.unread} == {"bare@https", "node 22.0.0"}


def test_what_is_needed_and_not_there_is_said_so():
    lockfile = _read("lockfileVersion: 5.4\nspecifiers:\n  a: 1\ndependencies:\n  a: 1.0.0\n  b: link:../b\n")
    assert [part.reason for part in lockfile.unread] == ["a: is needed and not in the file"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "a", "{}", "lockfileVersion: 3\n", ("lockfileVersion: '10.0'\n"
        ""), "lockfileVersion: []\n", "a: &x 1\n", "a: 1\na: 1\n",
        "lockfileVersion: '9.0'\npackages: []x\n", ("lockfileVersion: '9.0'\n"
        "packages: a\n"), "lockfileVersion: '9.0'\nsnapshots:\n  - a\n",
    ],
)  # fmt: skip
def test_what_is_no_lockfile_of_a_known_version_is_refused(text):
    with pytest.raises(LockfileError):
        _read(text)
