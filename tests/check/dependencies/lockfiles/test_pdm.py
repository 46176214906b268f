import pytest
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import pdm
from wardline.check.dependencies.model import LockfileError

HEAD = '[metadata]\ngroups = ["default"]\nlock_version = "4.5.0"\n'


@pytest.mark.parametrize("case", ["valid-groups", "valid-no-groups"])
def test_groups_and_direct_are_what_pdm_exports(case):
    lockfile = pdm.read(source(f"pdm/{case}/pdm.lock"))
    groups = {package.name: package.groups for package in lockfile.packages}
    assert len(groups) == 14
    assert groups.pop("iniconfig") == ("dev",)
    assert groups.pop("pycodestyle") == ("lint",)
    assert groups.pop("socksio") == ("proxy",)
    assert set(groups.values()) == {()}
    assert {package.name for package in lockfile.packages if package.direct} == {
        "httpx", "iniconfig", "pycodestyle", "socksio",
    }  # fmt: skip


def test_a_package_with_extras_is_the_same_package():
    text = (
        HEAD + '[[package]]\nname = "a"\nversion = "1"\ngroups = ["dev"]\n'
        '[[package]]\nname = "a"\nversion = "1"\nextras = ["x"]\ngroups = ["default"]\ndependencies = ["a==1", "b"]\n'
        '[[package]]\nname = "b"\nversion = "2"\ngroups = ["default"]\n'
    )
    lockfile = pdm.read(alone("pdm.lock", text))
    assert [(package.name, package.groups) for package in lockfile.packages] == [("a", ()), ("b", ())]
    assert lockfile.graph().edges == [[1], []]


def test_a_requirement_means_the_version_that_it_names():
    text = (
        HEAD + '[[package]]\nname = "a"\nversion = "1"\ndependencies = ["b==2; python_version<\'3\'"]\n'
        '[[package]]\nname = "b"\nversion = "1"\n[[package]]\nname = "b"\nversion = "2"\n'
    )
    assert pdm.read(alone("pdm.lock", text)).graph().edges[0] == [2]


def test_folders_are_local_and_archives_are_not():
    text = (
        HEAD + '[[package]]\nname = "a"\nversion = "1"\npath = "./a"\neditable = true\n'
        '[[package]]\nname = "b"\nversion = "1.0"\npath = "./vendor/b-1.0.tar.gz"\n'
        '[[package]]\nname = "c"\nversion = "1"\ngit = "https://git.example/c"\n'
        '[[package]]\nname = "d"\n'
    )
    lockfile = pdm.read(alone("pdm.lock", text))
    assert names(lockfile) == {("PyPI", "b", "1.0"), ("PyPI", "c", "1")}
    assert [part.units for part in lockfile.unread] == [1]


def test_sections_of_the_first_generation_are_groups():
    text = '[metadata]\nlock_version = "2"\n[[package]]\nname = "a"\nversion = "1"\nsections = ["dev"]\n'
    assert pdm.read(alone("pdm.lock", text)).packages[0].groups == ("dev",)


@pytest.mark.parametrize(
    "text", ["[", "package = 1\n", '[metadata]\nlock_version = "5.0"\n', "[metadata]\nlock_version = 4\n", ""]
)
def test_what_is_no_lock_of_a_known_version_is_refused(text):
    with pytest.raises(LockfileError):
        pdm.read(alone("pdm.lock", text))
