"""An agent's keys: made once, its owner's alone, and never replaced behind anybody's back."""

from pathlib import Path

import pytest

from wardline.kernel.errors import CannotSayError
from wardline.vault import keyring


def test_keys_are_made_once_and_stay(tmp_path: Path) -> None:
    first = keyring.held(tmp_path / "agent")
    second = keyring.held(tmp_path / "agent")
    assert first.thumbprint(b"r" * 32) == second.thumbprint(b"r" * 32)
    assert first.thumbprint(b"r" * 32) != first.thumbprint(b"s" * 32)
    assert (tmp_path / "agent" / "keys").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "agent").stat().st_mode & 0o777 == 0o700
    other = keyring.held(tmp_path / "other")
    assert other.thumbprint(b"r" * 32) != first.thumbprint(b"r" * 32)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"opening": "AA", "signing": 1}', b"\xff"])
def test_damaged_keys_are_not_replaced_by_new_ones(tmp_path: Path, content: bytes) -> None:
    keyring.held(tmp_path / "agent")
    path = tmp_path / "agent" / "keys"
    path.write_bytes(content)
    with pytest.raises(CannotSayError, match="damaged"):
        keyring.held(tmp_path / "agent")
    assert path.read_bytes() == content
