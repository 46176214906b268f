"""A node's folder is its owner's alone, held by one process, and free again however that ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.main import state

HOLDER = """
import os, pathlib, sys, time
from wardline.main import state
folder = pathlib.Path(sys.argv[1])
with state.held(folder):
    state.remember(folder, process=os.getpid(), url="http://127.0.0.1:1")
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    folder = state.prepared(tmp_path / "a" / "state")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert state.prepared(tmp_path).stat().st_mode & 0o777 == 0o700


def test_a_file_in_its_place_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(AskedWronglyError, match="exists"):
        state.prepared(tmp_path / "state")


def test_a_second_holder_is_told_where_the_first_is_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    first = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        assert state.holder(tmp_path) == first.pid
        with pytest.raises(ConflictError, match=r"http://127\.0\.0\.1:1"), state.held(tmp_path):
            pass
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert state.holder(tmp_path) is None
        with state.held(tmp_path):
            assert state.remembered(tmp_path)["process"] == first.pid
    finally:
        first.kill()
        first.wait()
        first.stdout.close()


def test_what_is_remembered_is_kept_and_changed_by_name(tmp_path: Path) -> None:
    state.remember(tmp_path, port=1, url="a")
    state.remember(tmp_path, url="b")
    assert state.remembered(tmp_path) == {"port": 1, "url": "b"}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "up.json").write_bytes(content)
    assert state.remembered(tmp_path) == {}


def test_nobody_holds_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert state.holder(tmp_path / "none") is None
    assert list(tmp_path.iterdir()) == []
