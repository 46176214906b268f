"""Start-up is a feature: what a command imports is pinned, so that a slow library cannot creep onto a fast path."""

import json
import subprocess
import sys

SLOW = {"httpx", "rich", "pydantic", "importlib.metadata", "sqlalchemy", "yaml", "cvss", "asyncio", "zipfile", "email"}


def imported(*arguments: str) -> tuple[int, set[str]]:
    program = (
        "import sys, json\n"
        f"sys.argv = ['wardline', *{list(arguments)!r}]\n"
        "from wardline.__main__ import main\n"
        "import contextlib, io\n"
        "out = io.TextIOWrapper(io.BytesIO())\n"
        "with contextlib.redirect_stdout(out):\n"
        "    status = main()\n"
        "print(json.dumps([status, sorted(sys.modules)]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    status, modules = json.loads(done.stdout.splitlines()[-1])
    return status, set(modules)


def test_the_version_imports_nothing_of_the_house() -> None:
    status, modules = imported("--version")
    assert status == 0
    assert {name for name in modules if name.startswith("wardline")} == {
        "wardline",
        "wardline.__main__",
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
