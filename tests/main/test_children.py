import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wardline.kernel.errors import CannotSayError
from wardline.main import children
from wardline.main.children import Child

pytestmark = pytest.mark.loopback


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def child(tmp_path: Path, said: list[str]) -> Iterator[Child]:
    made = Child("agent", ["agent", "--dev", f"--state={tmp_path / 'a'}"], said.append)
    yield made
    children.stop([made])


def number(path: Path) -> int:
    """Return the process id of the child that works in a folder."""
    found = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and f"--state={path / 'a'}".encode() in (entry / "cmdline").read_bytes()
    ]
    assert len(found) == 1
    return found[0]


def test_what_is_killed_is_started_again_and_nobody_waits_for_it(child: Child, tmp_path: Path, said: list[str]) -> None:
    child.start()
    assert child.answered().startswith("unix://")
    first = number(tmp_path)
    os.kill(first, signal.SIGKILL)
    until = time.monotonic() + 20
    while not any("ended with -9" in line for line in said):
        assert time.monotonic() < until
        began = time.monotonic()
        child.watch()
        assert time.monotonic() - began < 0.4
        time.sleep(0.02)
    while not any(line.startswith("agent: ") for line in said[said.index(next(x for x in said if "-9" in x)) :]):
        assert time.monotonic() < until
        child.watch()
        time.sleep(0.02)
    assert number(tmp_path) != first


def test_what_does_not_start_is_told_in_its_own_words(tmp_path: Path, said: list[str]) -> None:
    child = Child("agent", ["agent", "--uninitialised", f"--state={tmp_path}"], said.append)
    child.start()
    with pytest.raises(CannotSayError, match="the agent did not start"):
        child.answered()
    children.stop([child])


def test_a_child_that_does_not_listen_is_killed_in_time(
    child: Child, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_STOP_SECONDS", 0.3)
    child.start()
    child.answered()
    process = number(tmp_path)
    os.kill(process, signal.SIGSTOP)
    began = time.monotonic()
    children.stop([child])
    assert time.monotonic() - began < 3
    assert not Path(f"/proc/{process}").exists()
