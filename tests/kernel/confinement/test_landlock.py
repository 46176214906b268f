import struct
from pathlib import Path

import pytest

from wardline.kernel.confinement import landlock
from wardline.kernel.confinement.landlock import Files


@pytest.fixture
def asked(monkeypatch):
    """Stand in for the kernel: remember what it was asked, and agree."""
    calls = []

    def agree(number, *arguments):
        calls.append((number, arguments))
        return 1000 if number == 444 else 0

    monkeypatch.setattr(landlock, "_syscall", agree)
    monkeypatch.setattr(landlock.os, "close", lambda descriptor: None)
    return calls


@pytest.mark.parametrize(
    ("version", "size", "highest_right", "missing"),
    [
        (1, 8, 12, 2),
        (2, 8, 13, 2),
        (3, 8, 14, 1),
        (4, 16, 14, 1),
        (5, 16, 15, 1),
        (6, 24, 15, 0),
        (9, 24, 15, 0),
    ],
)
def test_a_kernel_is_asked_for_what_it_knows_and_the_rest_is_said(asked, version, size, highest_right, missing) -> None:
    said = landlock.enforce(Files(), version)
    attributes = asked[0][1][0]
    handled = struct.unpack_from("=Q", attributes)[0]
    assert len(attributes) == size
    assert handled == (1 << (highest_right + 1)) - 1
    assert len(said) == missing
    assert asked[-1][0] == 446


def test_a_kernel_without_it_is_said() -> None:
    assert landlock.enforce(Files(), 0)[0].startswith("files: the kernel has no Landlock")


def test_a_place_that_is_not_there_is_left_out(asked, tmp_path) -> None:
    (tmp_path / "a").mkdir()
    landlock.enforce(Files(readable=[tmp_path / "a", tmp_path / "b"]), 6)
    assert [number for number, _ in asked].count(445) == 1


def test_a_file_gets_no_rights_that_only_folders_have(asked, tmp_path) -> None:
    (tmp_path / "a").touch()
    landlock.enforce(Files(readable=[tmp_path / "a"], writable=[tmp_path]), 6)
    on_file, on_folder = [struct.unpack("=Qi", call[1][2])[0] for call in asked if call[0] == 445]
    assert on_file == 1 << 2  # READ_FILE
    assert on_folder & (1 << 3)  # READ_DIR
    assert not on_folder & 1  # EXECUTE


def test_a_refused_domain_is_said(monkeypatch) -> None:
    monkeypatch.setattr(landlock, "_syscall", lambda *_: -1)
    assert landlock.enforce(Files(readable=[Path("/")]), 6) == ["files: the kernel refused a Landlock ruleset"]
