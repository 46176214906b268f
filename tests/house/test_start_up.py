"""Start-up is a feature: what a command imports is pinned, so that a slow library cannot creep onto a fast path."""

import subprocess
import sys

SLOW = {"httpx", "rich", "pydantic", "importlib.metadata", "sqlalchemy", "yaml", "cvss", "asyncio", "zipfile", "email"}
LEFT_OUT = {"dataclasses", "inspect", "ast", "tokenize", "uuid"}  # orjson would bring them (ADR 7)


def imported(*arguments: str) -> tuple[int, set[str]]:
    """Run the command and return its status and every module that it, or a process of its own, imported."""
    command = [sys.executable, "-X", "importtime", "-m", "wardline", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    rows = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    return done.returncode, set(rows)


def test_the_version_imports_nothing_of_the_house() -> None:
    status, modules = imported("--version")
    assert status == 0
    assert {name for name in modules if name.startswith("wardline")} == {
        "wardline",
        "wardline.kernel",
        "wardline.kernel.version",
    }
    assert "click" not in modules


def test_a_check_of_dependencies_imports_no_slow_library(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    status, modules = imported("check", str(tmp_path / "tree"), "--only", "dependencies")
    assert status == 3
    assert modules & SLOW == set()
    status, modules = imported("check", str(tmp_path / "tree"), "--only", "dependencies")  # what a cache keeps is there
    assert status == 3
    assert modules & (SLOW | LEFT_OUT) == set()
