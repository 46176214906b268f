"""The rules of the house that no linter knows: sizes, empty packages, mirrored tests, nothing of this machine."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "wardline").rglob("*.py"))
MAX_LINES = 400
MAX_FUNCTION_LINES = 50
# Others program against `from wardline.check.exposure import scan_text`: that one package says where its function is.
NOT_EMPTY = {"check/exposure/__init__.py"}
BANNED_NAMES = {
    "manager",
    "helper",
    "helpers",
    "utils",
    "util",
    "common",
    "base",
    "item",
    "data",
    "process",
    "backlog",
    "ignore",
}


def test_there_are_sources() -> None:
    assert len(SOURCES) > 40


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_stays_a_room(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_LINES
    assert path.stem not in BANNED_NAMES
    if path.name == "__init__.py" and str(path.relative_to(ROOT / "src" / "wardline")) not in NOT_EMPTY:
        assert not text
        return
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module starts with what lives there"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = node.body[0] if ast.get_docstring(node) else None
            shown = (documented.end_lineno or 0) - documented.lineno + 1 if documented else 0
            assert (node.end_lineno or 0) - node.lineno + 1 - shown <= MAX_FUNCTION_LINES, node.name


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: tracked files cannot be listed")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_registry_or_a_machine() -> None:
    # Written in halves, so that this file does not name them either.
    hosts = [
        a + b
        for a, b in (
            ("pypi", ".org"),
            ("registry.npm", "js"),
            ("files.pythonh", "osted"),
            ("deb.deb", "ian"),
            ("/wo", "rk/"),
        )
    ]
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in tracked()
        for host in hosts
        if host.encode() in path.read_bytes()
    ]
    assert found == []
