"""What the platform rests on goes away for a while: clear answers meanwhile, nothing lost, nobody's help needed."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import databases
from tests.nodes import Node, token

from wardline.findings.report import Finding, Location, finding_to_dict, fingerprint
from wardline.kernel import settings
from wardline.kernel.identity.model import PLATFORM
from wardline.main import platform

pytestmark = pytest.mark.loopback


def findings(*names: str) -> list[dict[str, Any]]:
    return [
        finding_to_dict(
            Finding(
                fingerprint=fingerprint("vulnerable-dependency", name),
                practice="dependencies",
                rule="vulnerable-dependency",
                title=f"{name} is vulnerable",
                severity="high",
                confidence="high",
                message="upgrade it",
                location=Location("resource", name),
            )
        )
        for name in names
    ]


def eventually(true: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.1)
    return False


def service_made(folder: Path, database: str = "") -> None:
    services = platform.services(settings.load(folder, {}, database=database or None))
    services.catalog.put_service(PLATFORM, "orders", name="Orders")
    services.database.close()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[databases.Cluster]:
    """A PostgreSQL of this test's own: it is taken away."""
    if databases.programs() is None:
        pytest.skip("no PostgreSQL server here: install Debian's package postgresql (make system)")
    yield from databases.cluster(Path("/tmp") / f"wardline-pg-{os.getpid()}-{time.monotonic_ns()}")


def test_a_database_that_is_gone_is_said_and_what_was_acknowledged_is_there_when_it_is_back(
    server: databases.Cluster, tmp_path: Path
) -> None:
    url = server.dsn(server.made())
    secret = token(tmp_path, url)
    service_made(tmp_path, url)
    node = Node(tmp_path, secret, url)
    try:
        assert node.send("orders", findings("a", "b"), "first").status_code == 201
        server.stop()
        assert node.get("findings").status_code == 503
        refused = node.send("orders", findings("a", "b", "c"), "second")
        assert refused.status_code == 503
        assert "retry-after" in refused.headers
        assert refused.headers["content-type"] == "application/problem+json"
        assert "127.0.0.1" not in refused.text
        assert node.api.get(f"{node.url}/healthz").status_code == 200
        assert node.api.get(f"{node.url}/readyz").status_code == 503
        page = node.api.get(f"{node.url}/findings", headers={"cookie": "wardline=none"})
        assert page.status_code in {303, 503}
        server.start()
        assert eventually(lambda: node.api.get(f"{node.url}/readyz").status_code == 200)
        again = node.send("orders", findings("a", "b", "c"), "second")
        assert again.status_code == 201
        assert (again.json()["opened"], again.json()["seen"]) == (1, 2)
        assert len(node.get("findings").json()["rows"]) == 3
        assert eventually(lambda: node.get("ledger/head").json()["size"] > 4)
    finally:
        assert node.end() == 0


def filled(path: Path) -> None:
    """Write a file until there is no room for a page more."""
    with path.open("wb", buffering=0) as full, contextlib.suppress(OSError):
        while full.write(b"x" * 4096) == 4096:
            pass


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_said_and_nothing_has_to_be_repaired_when_there_is_room_again(small_disk: Path) -> None:
    secret = token(small_disk)
    service_made(small_disk)
    node = Node(small_disk, secret)
    try:
        assert node.send("orders", findings("a"), "first").status_code == 201
        filler = small_disk / "filler"
        filled(filler)
        refused = node.send("orders", findings(*(f"library-{number}" for number in range(500))), "second")
        assert refused.status_code in {503, 507}
        assert refused.headers["content-type"] == "application/problem+json"
        assert "disk" in refused.text or "room" in refused.text
        assert [row["title"] for row in node.get("findings").json()["rows"]] == ["a is vulnerable"]
        filler.unlink()
        accepted = node.send("orders", findings("a", "b"), "third")
        assert (accepted.status_code, accepted.json()["opened"]) == (201, 1)
    finally:
        assert node.end() == 0
