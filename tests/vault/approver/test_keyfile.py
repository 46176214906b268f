"""An approver's key stays in its file, and opens for nobody else."""

import os
from pathlib import Path

import pytest

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.approver import keyfile


def test_a_key_is_what_it_was_when_it_is_read_again(tmp_path: Path) -> None:
    made = keyfile.made(tmp_path / "k" / "ada.key", b"a long passphrase")
    assert keyfile.protected(tmp_path / "k" / "ada.key")
    assert keyfile.read(tmp_path / "k" / "ada.key", b"a long passphrase").public == made.public
    assert (tmp_path / "k" / "ada.key").stat().st_mode & 0o777 == 0o600


def test_another_passphrase_opens_nothing_and_says_so(tmp_path: Path) -> None:
    keyfile.made(tmp_path / "ada.key", b"a long passphrase")
    for wrong in (b"another", None):
        with pytest.raises(AskedWronglyError, match="does not open"):
            keyfile.read(tmp_path / "ada.key", wrong)


def test_a_key_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    first = keyfile.made(tmp_path / "ada.key", b"")
    with pytest.raises(AskedWronglyError, match="is there already"):
        keyfile.made(tmp_path / "ada.key", b"")
    assert keyfile.read(tmp_path / "ada.key", None).public == first.public


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    keyfile.made(tmp_path / "ada.key", b"")
    (tmp_path / "ada.key").chmod(0o644)
    with pytest.raises(AskedWronglyError, match="can be read by others"):
        keyfile.read(tmp_path / "ada.key", None)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    keyfile.made(tmp_path / "ada.key", b"")
    (tmp_path / "link").symlink_to(tmp_path / "ada.key")
    with pytest.raises(AskedWronglyError):
        keyfile.read(tmp_path / "link", None)


@pytest.mark.parametrize(
    "content", [b"", b"nothing", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    descriptor = os.open(tmp_path / "f", os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(descriptor, content)
    os.close(descriptor)
    with pytest.raises(AskedWronglyError):
        keyfile.read(tmp_path / "f", None)


def test_a_public_line_comes_back(tmp_path: Path) -> None:
    made = keyfile.made(tmp_path / "ada.key", b"")
    assert keyfile.read_public(keyfile.public_line("ada", made.public) + "\n") == ("ada", made.public)


@pytest.mark.parametrize("line", ["", "ada", "ada:", ":AAAA", "ada:AAAA", "ada:!", f"ada:{'A' * 43}"])
def test_what_is_no_public_line_is_refused(line: str) -> None:
    with pytest.raises(AskedWronglyError):
        keyfile.read_public(line)
