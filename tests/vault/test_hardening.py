"""What is closed around an agent's memory, and what is said where it cannot be."""

from pathlib import Path

import pytest

from wardline.vault import hardening


def test_swap_that_nothing_shows_to_be_encrypted_is_named(tmp_path: Path) -> None:
    table = tmp_path / "swaps"
    table.write_text("Filename Type Size Used Priority\n/dev/zram0 partition 1 0 5\n/swapfile file 1 0 -2\n")
    assert hardening.unencrypted_swaps(table) == ["/swapfile"]
    table.write_text("Filename Type Size Used Priority\n")
    assert hardening.unencrypted_swaps(table) == []
    assert hardening.unencrypted_swaps(tmp_path / "none") == []


def test_memory_is_locked_only_where_allocating_goes_on_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, user, may in ((64 * 1024, 1000, False), (2 * 1024**3, 1000, True), (-1, 1000, True), (0, 0, True)):
        monkeypatch.setattr(hardening.resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        monkeypatch.setattr(hardening.os, "geteuid", lambda user=user: user)
        assert hardening._may_lock() is may


def test_what_cannot_be_closed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardening, "_libc", lambda: None)
    monkeypatch.setattr(hardening, "unencrypted_swaps", lambda: ["/swapfile"])
    monkeypatch.setattr(hardening, "_quiet_tracebacks", lambda: None)
    monkeypatch.setattr(hardening.resource, "setrlimit", lambda *_: None)
    said = hardening.harden()
    assert len(said) == 2
    assert "PR_SET_DUMPABLE" in said[0]
    assert "/swapfile" in said[1]
