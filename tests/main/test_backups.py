"""Backups of the vault's server: whole or not at all, and never in the way of what is there."""

import gzip
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.nodes import token

from wardline.kernel import settings
from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.main import backups, state


@pytest.fixture
def server(tmp_path: Path) -> settings.Settings:
    """A server that was used once."""
    folder = state.prepared(tmp_path / "server")
    token(folder)
    return settings.load(folder, {})


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_it_comes_back_as_it_was(server: settings.Settings, tmp_path: Path) -> None:
    made = backups.backup(server, tmp_path / "kept")
    other = settings.load(state.prepared(tmp_path / "other"), {})
    found = backups.restore(other, tmp_path / "kept")
    assert (found.entries, found.head, found.revision) == (made.entries, made.head, made.revision)
    assert (other.state / "ledger.key").read_bytes() == (server.state / "ledger.key").read_bytes()
    assert names(other.state) == {"ledger.key", "wardline.db"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "kept", *other.state.iterdir()))


def test_the_folders_of_custodians_and_agents_are_left_out(server: settings.Settings, tmp_path: Path) -> None:
    (server.state / "agent").mkdir()
    (server.state / "agent" / "keys").write_bytes(b"canary-of-the-agent" * 99)
    backups.backup(server, tmp_path / "kept")
    assert b"canary-of-the-agent" not in gzip.decompress((tmp_path / "kept").read_bytes())


def test_nothing_that_is_there_is_lost(server: settings.Settings, tmp_path: Path) -> None:
    backups.backup(server, tmp_path / "kept")
    before = (tmp_path / "kept").read_bytes()
    with pytest.raises(ConflictError, match="there already"):
        backups.backup(server, tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == before
    with pytest.raises(ConflictError, match="is there"):
        backups.restore(server, tmp_path / "kept")
    writing = "import os, sqlite3; made = sqlite3.connect('wardline.db', isolation_level=None); "
    writing += "made.execute('CREATE TABLE mine (word)'); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", writing], cwd=server.state, check=False)
    assert (server.state / "wardline.db-wal").exists()  # what was written last is there, and not in the file itself
    backups.restore(server, tmp_path / "kept", over=True)
    (aside,) = (one for one in server.state.glob("wardline.db.before-*") if not one.name.endswith(("-wal", "-shm")))
    with closing(sqlite3.connect(aside)) as kept:
        assert kept.execute("SELECT count(*) FROM sqlite_master WHERE name = 'mine'").fetchone() == (1,)


def test_a_manifest_that_names_another_ledger_is_refused(
    server: settings.Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_head", lambda copy: (999, bytes(32)))
    backups.backup(server, tmp_path / "kept")
    monkeypatch.undo()
    other = settings.load(state.prepared(tmp_path / "other"), {})
    with pytest.raises(AskedWronglyError, match="not the one that its manifest names"):
        backups.restore(other, tmp_path / "kept")
    assert names(other.state) == set()


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.95])
def test_a_damaged_one_is_refused_before_anything_is_touched(
    server: settings.Settings, tmp_path: Path, where: float
) -> None:
    backups.backup(server, tmp_path / "kept")
    whole = (tmp_path / "kept").read_bytes()
    other = settings.load(state.prepared(tmp_path / "other"), {})
    at = int(len(whole) * where)
    for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :], b"", b"\x1f\x8b" + whole):
        (tmp_path / "kept").write_bytes(damaged)
        with pytest.raises(AskedWronglyError, match="no whole backup"):
            backups.restore(other, tmp_path / "kept")
        assert names(other.state) == set()


def test_whatever_kills_it_there_is_a_whole_one_or_none(server: settings.Settings, tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("wardline"), "vault", "backup", "--state", server.state]
    for number, after in enumerate((0.25, 0.32, 0.4, 0.5)):
        file = tmp_path / f"kept-{number}"
        started = subprocess.Popen([*command, file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(after)
        os.kill(started.pid, signal.SIGKILL)
        started.wait()
        if file.exists():
            other = settings.load(state.prepared(tmp_path / f"other-{number}"), {})
            backups.restore(other, file)
    backups.backup(server, tmp_path / "last")  # what was cut off is in nobody's way


def test_a_restore_that_is_killed_is_done_again(server: settings.Settings, tmp_path: Path) -> None:
    backups.backup(server, tmp_path / "kept")
    other = settings.load(state.prepared(tmp_path / "other"), {})
    moved = []

    def cut(path: Path, place: Path) -> None:
        moved.append(place)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backups, "_moved", cut)
        with pytest.raises(KeyboardInterrupt):
            backups.restore(other, tmp_path / "kept")
    assert moved
    assert not (other.state / "wardline.db").exists()
    backups.restore(other, tmp_path / "kept", over=True)
    assert (other.state / "wardline.db").exists()
