"""`wardline freshness` as a user sees it: a real process, a lockfile, and a registry on the loopback address."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.integration.loopback import Loopback

# 2026-11-23T00:00:00Z
NOW = "1795392000"
LOCK = """version = 3

[[package]]
name = "service"
version = "0.1.0"
dependencies = ["serde"]

[[package]]
name = "serde"
version = "1.0.100"
source = "registry+https://registry.example/index"
checksum = "00"
dependencies = ["itoa", "gone"]

[[package]]
name = "itoa"
version = "1.0.0"
source = "registry+https://registry.example/index"
checksum = "00"

[[package]]
name = "gone"
version = "0.1.0"
source = "registry+https://registry.example/index"
checksum = "00"
"""


def crate(*versions: tuple[str, str | None]) -> str:
    rows = [{"vers": version, "yanked": False} | ({"pubtime": time} if time else {}) for version, time in versions]
    return "\n".join(map(json.dumps, rows))


@pytest.fixture
def project(tmp_path: Path, loopback: Loopback) -> Path:
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "Cargo.lock").write_text(LOCK)
    dated = ("1.0.100", "2020-11-23T00:00:00Z"), ("1.1.0", "2022-01-01T00:00:00Z"), ("2.0.0", "2025-11-23T00:00:00Z")
    loopback.text("/se/rd/serde", crate(*dated))
    loopback.text("/it/oa/itoa", crate(("1.0.0", None), ("1.0.1", None)))
    return folder


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wardline", "freshness", str(project), *arguments]
    environment = os.environ | {"SOURCE_DATE_EPOCH": NOW, "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def asked(project: Path, loopback: Loopback, *arguments: str) -> Any:
    done = run(project, "--format", "json", "--registry", f"crates.io={loopback.url}", *arguments)
    assert done.stderr == ""
    assert done.returncode == 0
    return json.loads(done.stdout)


def test_the_document_has_every_package_and_accounts_for_the_rest(project: Path, loopback: Loopback) -> None:
    document = asked(project, loopback)
    serde, itoa = document["packages"]
    assert serde == {
        "ecosystem": "crates.io",
        "name": "serde",
        "version": "1.0.100",
        "direct": True,
        "groups": [],
        "file": "Cargo.lock",
        "newest": "2.0.0",
        "releases_behind": 2,
        "behind": {"major": 1, "minor": 1, "patch": 0},
        "libyears": 4.9993,
        "date_untrusted": None,
        "published": "2020-11-23T00:00:00+00:00",
        "newest_published": "2025-11-23T00:00:00+00:00",
        "withdrawn": False,
        "command": "cargo update --package serde --precise 2.0.0",
    }
    assert (itoa["name"], itoa["libyears"]) == ("itoa", None)
    assert itoa["date_untrusted"] == "the registry gives no date for the version used"
    assert document["totals"]["all"] == {
        "packages": 2,
        "outdated": 2,
        "releases_behind": 3,
        "libyears": 4.9993,
        "dated": 1,
        "untrusted": 1,
    }
    assert document["totals"]["transitive"]["untrusted"] == 1
    (gap,) = document["gaps"]
    assert gap["scope"] == "crates.io: gone 0.1.0"
    assert document["registries"] == {"crates.io": loopback.url}
    assert document["as_of"] == "2026-11-23T00:00:00+00:00"


def test_the_table_has_the_worst_first_the_sums_and_what_to_run_next(project: Path, loopback: Loopback) -> None:
    done = run(project, "--registry", f"crates.io={loopback.url}")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "service: 5.0 libyears behind"
    assert "   5.00      2  1 major    serde                 1.0.100     2.0.0       12 mo" in lines
    assert "      ?      1  1 patch    itoa                  1.0.0       1.0.1           ?" in lines
    assert "Direct: what the project itself asks for" in lines
    assert "Transitive: what others bring along" in lines
    assert "Date untrusted: not in the libyears" in lines
    assert "Nothing said about 1 package" in lines
    assert "  cargo update --package serde --precise 2.0.0" in lines
    assert max(map(len, lines)) <= 80


def test_long_tables_are_shortened_saying_so(tmp_path: Path, loopback: Loopback) -> None:
    rows = [f'[[package]]\nname = "crate{number}"\nversion = "1.0.0"\nsource = "registry+x"\n' for number in range(20)]
    project = tmp_path / "many"
    project.mkdir()
    (project / "Cargo.lock").write_text("version = 3\n" + "\n".join(rows))
    for number in range(20):
        loopback.text(f"/cr/at/crate{number}", crate(("1.0.0", "2020-01-01"), ("1.0.1", "2021-01-01")))
    named = ("--registry", f"crates.io={loopback.url}")
    assert "  … 5 more: wardline freshness --all" in run(project, *named).stdout
    everything = run(project, *named, "--all").stdout
    assert "more" not in everything
    assert everything.count("1.0.1") >= 20


def test_without_a_network_the_second_run_says_the_same(project: Path, loopback: Loopback) -> None:
    first = asked(project, loopback)
    loopback.asked.clear()
    second = asked(project, loopback, "--offline")
    assert loopback.asked == []
    assert second["packages"] == first["packages"]
    assert [gap["reason"] for gap in second["gaps"]] == ["the registry was not asked"]


def test_nothing_can_be_said_of_an_empty_folder_or_without_any_answer(project: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", project):
        done = run(folder, "--offline", "--registry", "crates.io=http://127.0.0.1:9/")
        assert done.returncode == 3
        assert "nothing can be said" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--ecosystem", "PyPy"], "there are: Go, Maven"),
        (["--registry", "npm"], "write ECOSYSTEM=URL"),
        (["--registry", "npm=file:///srv"], "http(s)"),
        (["--registry", "Nothing=https://registry.example"], "no registry of Nothing"),
        (["--format", "xml"], "xml"),
    ],
)
def test_a_wrong_question_is_answered_with_2_and_the_right_one(project: Path, arguments: list[str], word: str) -> None:
    done = run(project, *arguments)
    assert done.returncode == 2
    assert word in done.stderr


def test_a_path_that_is_not_there_is_asked_wrongly(tmp_path: Path) -> None:
    assert run(tmp_path / "none").returncode == 2


def test_only_the_ecosystems_that_are_asked_for_are_looked_up(project: Path, loopback: Loopback) -> None:
    done = run(project, "--ecosystem", "npm", "--registry", f"crates.io={loopback.url}")
    assert done.returncode == 3
    assert loopback.asked == []


def test_names_that_strangers_chose_cannot_move_the_cursor(tmp_path: Path, loopback: Loopback) -> None:
    text = '[[package]]\nname = "a\\u001b[2Jb"\nversion = "1.0.0"\nsource = "registry+x"\n'
    (tmp_path / "Cargo.lock").write_text(text)
    done = run(tmp_path, "--registry", f"crates.io={loopback.url}")
    assert "\x1b" not in done.stdout + done.stderr
