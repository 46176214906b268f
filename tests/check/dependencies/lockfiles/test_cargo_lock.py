import json
import shutil
import subprocess
import time

import pytest
from tests.check.dependencies.lockfiles.strangers import FIXTURES, alone, answered, names, source

from wardline.check.dependencies.lockfiles import cargo_lock
from wardline.check.dependencies.model import shortest_paths

CASE = "cargo-lock/valid-workspace"
INDEX = "registry+https://registry.example/index"


def _read(text, **neighbours):
    lockfile = answered(cargo_lock, alone("Cargo.lock", text, **neighbours))
    assert lockfile is not None
    return lockfile


def _crate(name, version="1.0.0", needs=(), source=INDEX):
    origin = f'source = "{source}"\n' if source else ""
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\n{origin}dependencies = {json.dumps(list(needs))}\n\n'


def test_a_workspace_is_read_with_direct_crates_groups_lines_and_paths():
    lockfile = answered(cargo_lock, source(f"{CASE}/Cargo.lock"))
    by_name = {(package.name, package.version): package for package in lockfile.packages}
    assert len(by_name) == 87
    assert by_name["smallvec", "1.6.0"] == ("crates.io", "smallvec", "1.6.0", (), True, None)
    assert by_name["tempfile", "3.8.0"].groups == ("dev",)
    assert by_name["fastrand", "2.5.0"][3:5] == (("dev",), False)
    assert by_name["rand", "0.7.3"].groups == ("dev",)  # a development dependency of a member
    assert by_name["rand", "0.8.8"].groups == ()  # renamed to `rand08` in the manifest
    assert by_name["hex", "0.4.3"].direct is True  # of a member
    assert by_name["libc", "0.2.191"].groups == ()  # both need it
    text = (FIXTURES / CASE / "Cargo.lock").read_text().splitlines()
    for package, line in zip(lockfile.packages, lockfile.lines(), strict=True):
        assert text[line - 1] == f'name = "{package.name}"'
        assert text[line] == f'version = "{package.version}"'
    paths = shortest_paths(lockfile.graph())
    assert all(path for path in paths)
    at = lockfile.packages.index(by_name["standback", "0.2.17"])
    assert [lockfile.packages[number].name for number in paths[at]] == ["time", "standback"]
    assert not lockfile.unread


@pytest.mark.native
@pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")
def test_every_crate_that_cargo_itself_lists_is_there(tmp_path):
    shutil.copytree(FIXTURES / CASE, tmp_path / "w")
    for path in ("src/main.rs", "greeter/src/lib.rs"):
        (tmp_path / "w" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / path).touch()
    lock = tmp_path / "w" / "Cargo.lock"
    lock.write_text(
        lock.read_text().replace("https://registry.example/index", "https://github.com/rust-lang/crates" + ".io-index")
    )
    told = subprocess.run(
        [
            "cargo",
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--manifest-path",
            tmp_path / "w/Cargo.toml",
        ],
        capture_output=True,
        check=False,
    )
    if told.returncode != 0:
        pytest.skip("the crates are not in cargo's cache, and tests do not reach for them")
    rows = json.loads(told.stdout)["packages"]
    wanted = {("crates.io", row["name"], row["version"]) for row in rows if row["source"]}
    assert names(answered(cargo_lock, source(f"{CASE}/Cargo.lock"))) == wanted


def test_without_manifests_everything_counts_as_production_and_direct_is_still_known():
    text = "version = 3\n\n" + _crate("me", needs=["a"], source="") + _crate("a", needs=["b"]) + _crate("b")
    lockfile = _read(text)
    assert [(package.name, package.groups, package.direct) for package in lockfile.packages] == [
        ("a", (), True),
        ("b", (), False),
    ]


def test_the_first_version_with_its_root_and_checksums_below_is_read():
    text = (
        f'[root]\nname = "me"\nversion = "0.1.0"\ndependencies = [\n "a 1.0.0 ({INDEX})",\n]\n\n'
        + _crate("a")
        + f'[metadata]\n"checksum a 1.0.0 ({INDEX})" = "0123"\n'
    )
    lockfile = _read(text)
    assert names(lockfile) == {("crates.io", "a", "1.0.0")}
    assert lockfile.packages[0].direct is True
    assert lockfile.lines() == [9]


def test_crates_from_git_are_reported_at_their_version_and_referred_to_without_the_commit():
    git = "git+https://registry.example/forked?branch=main"
    text = "version = 4\n\n" + _crate("me", needs=[f"a 1.0.0 ({git})"], source="")
    lockfile = _read(text + _crate("a", source=f"{git}#0123abcd") + _crate("a", "2.0.0"))
    assert [(package.version, package.direct) for package in lockfile.packages] == [("1.0.0", True), ("2.0.0", False)]
    assert not lockfile.unread


def test_a_member_that_a_pattern_names_is_found_by_its_crates_name():
    text = "version = 3\n\n" + _crate("deep-one", needs=["a", "b"], source="") + _crate("a") + _crate("b")
    lockfile = _read(
        text,
        Cargo_dot_toml='[workspace]\nmembers = ["crates/*"]\n[workspace.dependencies]\nb = "1"\n',
        **{
            "crates__deep-one__Cargo_dot_toml": '[package]\nname = "deep-one"\n[dependencies]\nb.workspace = true\n'
            '[target."cfg(unix)".dev-dependencies]\na = "1"\n'
        },
    )
    assert {package.name: package.groups for package in lockfile.packages} == {"a": ("dev",), "b": ()}


def test_a_crate_that_is_needed_and_missing_is_said_so():
    lockfile = _read("version = 3\n\n" + _crate("me", needs=["a", "gone 2.0.0"], source="") + _crate("a"))
    assert [part.reason for part in lockfile.unread] == ["gone 2.0.0: is needed and not in the file"]


@pytest.mark.parametrize(
    "row", ['version = "1"', 'name = "a"', 'name = 7\nversion = "1"', 'name = "a"\nversion = "1"\nsource = []']
)
def test_a_crate_that_cannot_be_read_is_counted(row):
    lockfile = _read(f"version = 3\n\n[[package]]\n{row}\n\n" + _crate("b"))
    assert [part.units for part in lockfile.unread] == [1]
    assert names(lockfile) == {("crates.io", "b", "1.0.0")}


@pytest.mark.parametrize(
    "text", ["", "version = 3\n", "version = 5\n[[package]]\n", 'package = "a"\n', "version = true\n"]
)
def test_what_is_no_whole_lockfile_is_refused(text):
    assert answered(cargo_lock, alone("Cargo.lock", text)) is None


def test_manifests_that_name_each_other_end():
    lockfile = _read(
        "version = 3\n\n" + _crate("me", needs=["a"], source="") + _crate("a"),
        Cargo_dot_toml='[package]\nname = "me"\n[dependencies]\nx = { path = "x" }\n',
        x__Cargo_dot_toml='[package]\nname = "x"\n[dependencies]\nme = { path = "../../../.." }\ny = { path = "." }\n',
    )
    assert len(lockfile.packages) == 1


def test_ten_thousand_crates_that_need_each_other_take_no_time():
    crates = [_crate(f"c{n}", needs=[f"c{(n * 7 + k) % 10_000}" for k in range(5)]) for n in range(10_000)]
    text = "version = 4\n\n" + _crate("me", needs=["c0"], source="") + "".join(crates)
    start = time.process_time()
    lockfile = _read(text)
    assert len(lockfile.packages) == 10_000
    assert time.process_time() - start < 4
