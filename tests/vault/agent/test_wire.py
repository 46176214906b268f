"""Offers as bytes: written, read back, and hostile ones refused."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.agent.parts import a_world
from tests.vault.world import PATH

from wardline.vault.agent import wire
from wardline.vault.protocol.errors import MalformedError


def test_an_offer_comes_back_as_it_was(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        offer = agent.servers.offer(PATH, 0)
        assert offer is not None
        assert wire.read(wire.written(offer)) == offer


@pytest.mark.parametrize(
    "change",
    [
        {"leaf": None}, {"leaf": {}}, {"grant": 1}, {"wrap": "!"}, {"known": "x"}, {"roots": [1]},
        {"leaf": {"entry": "", "number": -1, "proof": []}}, {"leaf": {"entry": "", "number": True, "proof": []}},
        {"known": [""] * 5000},
    ],
)  # fmt: skip
def test_what_is_no_offer_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with a_world(tmp_path) as agent:
        offer = agent.servers.offer(PATH, 0)
        assert offer is not None
        said = json.loads(wire.written(offer))
    with pytest.raises(MalformedError):
        wire.read(json.dumps(said | change).encode())


@given(st.binary(max_size=60) | st.sampled_from([b"[" * 200_000, b"{}", b"null", b'{"leaf":' * 50_000]))
@settings(max_examples=60)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        wire.read(content)


def test_too_much_is_refused() -> None:
    with pytest.raises(MalformedError, match="large"):
        wire.read(b" " * (wire.MAX_BYTES + 1))
