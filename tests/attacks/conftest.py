"""An attacker writes a tree; a victim runs `wardline check` on it, in a process of its own, as users do."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.vault.server.conftest import running

__all__ = ["running"]  # a fixture: a vault's server over a database, and the parties around it
COMMAND = Path(sys.executable).with_name("wardline")
FIXED = ("--only", "dependencies", "--format", "json", "--advisories")
SECRET = "the-victims-own-words"


@dataclass(frozen=True)
class Seen:
    """What the victim sees, and how it ended."""

    status: int
    report: dict[str, Any]
    everything: str

    def gaps(self) -> str:
        return "\n".join(f"{gap['scope']}: {gap['reason']}" for gap in self.report["gaps"])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return the attacker's tree, with one honest lockfile in it."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "requirements.txt").write_text("honest==1.0\n")
    return folder


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a file of the victim's outside the tree."""
    place = tmp_path / "home/.ssh/id_ed25519"
    place.parent.mkdir(parents=True)
    place.write_text(f"{SECRET}\n")
    return place


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Seen]:
    record = {
        "id": "CVE-2026-0001",
        "modified": "2026-01-02T03:04:05Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "known"}, "versions": ["1.0"]}],
    }
    (tmp_path / "advisories/PyPI").mkdir(parents=True)
    (tmp_path / "advisories/PyPI/CVE-2026-0001.json").write_text(json.dumps(record))

    def run(path: Path, *arguments: str, seconds: float = 60, **environment: str) -> Seen:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WARDLINE_", "GIT_"))}
        done = subprocess.run(
            [COMMAND, "check", path, *FIXED, tmp_path / "advisories", *arguments],
            env={**kept, "WARDLINE_CACHE": str(tmp_path / "cache"), **environment},
            cwd=tmp_path,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        everything = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert "Traceback" not in everything
        assert "error of its own" not in everything, everything
        report = json.loads(done.stdout) if done.stdout else {"gaps": [], "findings": []}
        return Seen(done.returncode, report, everything)

    return run
