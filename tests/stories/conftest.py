"""A user at a command line: real processes, a cache of their own, no network, a few advisories."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Clock
from tests.stories.organisation import Organisation

COMMAND = Path(sys.executable).with_name("wardline")


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Wardline = Callable[..., Said]


@pytest.fixture
def wardline(tmp_path: Path) -> Wardline:
    cache = tmp_path / "cache of the user"

    def run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Said:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDLINE_")}
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            cwd=cwd or tmp_path,
            env={**kept, "WARDLINE_CACHE": str(cache), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert "error of its own" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    return run


def record(identifier: str, ecosystem: str, name: str, *, fixed: str | None, **more: Any) -> dict[str, Any]:
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    return {
        "id": identifier,
        "modified": "2026-01-02T03:04:05Z",
        "summary": f"{name} does what it should not",
        "affected": [
            {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        ],
        **more,
    }


@pytest.fixture
def advisories(tmp_path: Path) -> Path:
    folder = tmp_path / "advisories"
    records = [
        record("GHSA-aaaa-bbbb-cccc", "PyPI", "leaky", fixed="1.2", aliases=["CVE-2026-1000"],
               severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]),
        record("PYSEC-2026-1", "PyPI", "leaky", fixed="1.2", aliases=["CVE-2026-1000"]),
        record("CVE-2026-2000", "PyPI", "mild", fixed=None, database_specific={"severity": "LOW"}),
        record("MAL-2026-1", "PyPI", "evil-twin", fixed=None),
        record("CVE-2026-3000", "PyPI", "unrated", fixed="2.0"),
        record("CVE-2026-4000", "npm", "left", fixed="2.0.0", database_specific={"severity": "MODERATE"}),
    ]  # fmt: skip
    for one in records:
        place = folder / one["affected"][0]["package"]["ecosystem"]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{one['id']}.json").write_text(json.dumps(one))
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    def make(*pins: str, name: str = "project") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "requirements.txt").write_text("".join(f"{pin}\n" for pin in pins))
        return folder

    return make


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def house(database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Organisation]:
    """The platform and its people, once on SQLite and once on PostgreSQL."""
    made = Organisation(database_url, clock, tmp_path)
    yield made
    made.services.database.close()
