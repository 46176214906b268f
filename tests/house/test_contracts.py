"""Each import contract is seen to catch a violation planted for it: a contract that cannot fail protects nothing."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

# contract id -> (file that gets a line, the line)
VIOLATIONS = {
    "storeys": ("kernel/clock.py", "import wardline.check.model"),
    "rooms": ("check/policy/file.py", "import wardline.check.dependencies.model"),
    "no-database": ("check/model.py", "import sqlalchemy"),
    "faces": ("cli/check.py", "import sqlalchemy"),
    "stores": ("web/app.py", "import wardline.findings.store"),
    "vault-blind": ("vault/server/__init__.py", "import wardline.vault.protocol.accepting"),
    "vault-faces": ("web/routes/vault.py", "import wardline.vault.protocol.opening"),
    "vault-rooms": ("vault/server/__init__.py", "import wardline.vault.custodian"),
    "vault-pure": ("vault/protocol/clocks.py", "import sqlalchemy"),
    "vault-still": ("vault/protocol/clocks.py", "import time"),
    "pure-nouns": ("findings/report.py", "import orjson"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--contract", contract],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_has_a_violation_planted_for_it() -> None:
    assert {contract["id"] for contract in CONFIG["contracts"]} == set(VIOLATIONS)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_is_caught(copy: Path, contract: str) -> None:
    place, line = VIOLATIONS[contract]
    planted = copy / "src" / "wardline" / place
    before = planted.read_text()
    kept = lint(copy, contract)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    planted.write_text(f"{before}\n{line}\n")
    try:
        broken = lint(copy, contract)
    finally:
        planted.write_text(before)
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "BROKEN" in broken.stdout
