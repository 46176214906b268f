import json
import shutil
import subprocess
import time

import pytest
from tests.check.dependencies.lockfiles.strangers import FIXTURES, alone, answered, names, source

from wardline.check.dependencies.lockfiles import go_mod

TWO = """module example.com/service

go 1.22

require (
	github.com/gin-gonic/gin v1.9.1 // indirect; kept
	golang.org/x/text v0.14.0
)
"""


def _read(text, **neighbours):
    lockfile = answered(go_mod, alone("go.mod", text, **neighbours))
    assert lockfile is not None
    return lockfile


def _found(lockfile):
    return {package.name: package.version for package in lockfile.packages}


def test_a_current_go_mod_names_direct_and_indirect_modules_and_the_standard_library():
    lockfile = answered(go_mod, source("go-mod/valid-indirect/go.mod"))
    by_name = {package.name: package for package in lockfile.packages}
    assert len(by_name) == 26
    assert by_name["github.com/gin-gonic/gin"].direct is True
    assert by_name["golang.org/x/crypto"] == ("Go", "golang.org/x/crypto", "v0.9.0", (), False, None)
    assert by_name["stdlib"].version == "1.22.0"
    line = dict(zip(by_name, lockfile.lines(), strict=True))["golang.org/x/crypto"]
    assert "golang.org/x/crypto" in (FIXTURES / "go-mod/valid-indirect/go.mod").read_text().splitlines()[line - 1]
    assert not lockfile.unread


def test_an_older_go_mod_is_completed_from_go_sum():
    lockfile = answered(go_mod, source("go-mod/valid-older/go.mod"))
    sums = (FIXTURES / "go-mod/valid-older/go.sum").read_text().splitlines()
    zipped = {tuple(line.split()[:2]) for line in sums if "/go.mod " not in line}
    assert {(name, version) for _, name, version in names(lockfile)} == zipped | {("stdlib", "1.16.0")}
    assert not lockfile.unread


@pytest.mark.native
@pytest.mark.skipif(shutil.which("go") is None, reason="go is not installed")
@pytest.mark.parametrize("case", ["valid-indirect", "valid-older"])
def test_every_module_that_go_itself_requires_is_there(case):
    folder = FIXTURES / "go-mod" / case
    said = subprocess.run(["go", "mod", "edit", "-json", folder / "go.mod"], capture_output=True, check=True)
    wanted = {(entry["Path"], entry["Version"]) for entry in json.loads(said.stdout)["Require"]}
    lockfile = answered(go_mod, source(f"go-mod/{case}/go.mod"))
    assert wanted <= {(name, version) for _, name, version in names(lockfile)}


def test_an_older_go_mod_without_go_sum_says_that_modules_are_missing():
    lockfile = _read(TWO.replace("1.22", "1.16"))
    assert [part.reason[:16] for part in lockfile.unread] == ["indirect modules"]
    assert "go mod tidy" in lockfile.unread[0].remedy


def test_a_module_without_requirements_needs_no_go_sum():
    assert not _read("module a\ngo 1.13\n").unread


def test_an_unreadable_line_of_go_sum_is_counted():
    lockfile = _read(TWO.replace("1.22", "1.16"), go_dot_sum="a.example/x v1.0.0 h1:abc=\nbroken\n\nalso broken here\n")
    assert _found(lockfile)["a.example/x"] == "v1.0.0"
    assert [part.units for part in lockfile.unread] == [2]


def test_vendored_modules_count_and_one_without_packages_does_not():
    vendored = """# golang.org/x/text v0.14.0
## explicit; go 1.17
golang.org/x/text/language
# golang.org/x/sys v0.5.0
golang.org/x/sys/unix
golang.org/x/sys/windows
# golang.org/x/unused v0.1.0
## explicit
# golang.org/x/replaced => ../replaced
"""
    lockfile = _read(TWO.replace("1.22", "1.16"), vendor__modules_dot_txt=vendored, go_dot_sum="x v1 h1:a=\n")
    assert _found(lockfile) == {
        "github.com/gin-gonic/gin": "v1.9.1",
        "golang.org/x/text": "v0.14.0",
        "golang.org/x/sys": "v0.5.0",
        "stdlib": "1.16.0",
    }


def test_a_vendored_version_that_differs_from_go_mod_is_reported_beside_it():
    lockfile = _read(TWO, vendor__modules_dot_txt="# golang.org/x/text v0.3.0\ngolang.org/x/text/language\n")
    assert {version for _, name, version in names(lockfile) if name == "golang.org/x/text"} == {"v0.14.0", "v0.3.0"}


def test_replacements_are_obeyed():
    text = """module a
go 1.20
require (
	example.com/fork v1.0.0
	example.com/pinned v1.0.0
	example.com/other v1.0.0
	example.com/local v1.0.0
	example.com/outside v1.0.0
)
replace example.com/fork => github.com/me/fork v1.2.3
replace (
	example.com/pinned v1.0.0 => example.com/pinned v1.0.1
	example.com/other v9.9.9 => example.com/never v1.0.0
	example.com/local => ./local
	example.com/outside => ../outside
)
exclude example.com/other v1.1.0
retract [v1.0.0, v1.0.5] // broken
"""
    lockfile = _read(text, local__go_dot_mod="module example.com/local\n")
    assert _found(lockfile) == {
        "github.com/me/fork": "v1.2.3",
        "example.com/pinned": "v1.0.1",
        "example.com/other": "v1.0.0",
        "stdlib": "1.20.0",
    }
    assert [(part.line, part.units) for part in lockfile.unread] == [(8, 1)]
    assert "example.com/outside" in lockfile.unread[0].reason


@pytest.mark.parametrize("folder", ["/etc/module", "C:/module", "\\\\share\\module"])
def test_an_absolute_folder_is_outside_of_the_tree(folder):
    lockfile = _read(f"module a\ngo 1.20\nrequire b v1.0.0\nreplace b => {folder}\n")
    assert lockfile.unread


@pytest.mark.parametrize(
    ("lines", "version"),
    [
        ("go 1.21", "1.21.0"),
        ("go 1.21.3", "1.21.3"),
        ("go 1.22rc1", "1.22.0-rc.1"),
        ("go 1.21\ntoolchain go1.22.5", "1.22.5"),
        ("go 1.21\ntoolchain default", "1.21.0"),
        ("go 1.21\ntoolchain go1.21.4-custom", "1.21.4"),
    ],
)
def test_the_standard_library_has_the_toolchains_version_as_osv_writes_it(lines, version):
    assert _found(_read(f"module a\n{lines}\n")) == {"stdlib": version}


def test_without_a_go_line_the_standard_library_is_not_known_and_said_so():
    lockfile = _read("module a\n")
    assert not lockfile.packages
    assert "stdlib" in lockfile.unread[0].reason


def test_quoted_names_comments_and_one_line_blocks_are_read():
    text = 'module "a" // of ours\n\ngo 1.20 // comment\nrequire ()\nrequire "b.example/x" `v1.0.0` // indirect\n'
    lockfile = _read(text)
    assert lockfile.packages[0] == ("Go", "b.example/x", "v1.0.0", (), False, None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("module a\nrequire (\n\tb v1\n", 2),
        ("modul a\n", 1),
        ("module a\nrequire b\n", 2),
        ("module a\nrequire b v1 v2\n", 2),
        ("module a\nreplace b v1 c v2\n", 2),
        ("module a\nrequire b 'v1\nrequire \"c v1\n", 3),
    ],
)
def test_what_go_refuses_is_refused_with_its_line(text, line):
    with pytest.raises(go_mod.LockfileError) as refused:
        go_mod.read(alone("go.mod", text))
    assert refused.value.line == line


def test_ten_thousand_modules_of_go_sum_take_no_time():
    sums = "".join(
        f"example.com/m{n} v1.0.{n} h1:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=\n"
        f"example.com/m{n} v1.0.{n}/go.mod h1:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG=\n"
        for n in range(10_000)
    )
    start = time.process_time()
    lockfile = _read("module a\ngo 1.15\nrequire b v1.0.0\n", go_dot_sum=sums)
    assert len(lockfile.packages) == 10_002
    assert time.process_time() - start < 2
