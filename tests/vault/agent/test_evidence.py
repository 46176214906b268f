"""What an agent shows to say who it is."""

from pathlib import Path

import pytest
from tests.vault.world import World

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.agent import evidence
from wardline.vault.protocol.envelope import enveloped
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.evidence import join
from wardline.vault.protocol.model.binding import Join


def test_a_token_is_read_anew_for_each_binding(tmp_path: Path) -> None:
    world = World()
    path = tmp_path / "token"
    token, identity = world.tokens.kubernetes("orders", "pod-1", "audience", world.wall)
    path.write_bytes(token + b"\n")
    shown = evidence.from_token(path, "audience")
    assert shown.identity == identity
    assert shown.evidence().proof == token
    again, _ = world.tokens.kubernetes("orders", "pod-2", "audience", world.wall)
    path.write_bytes(again)
    assert shown.evidence().proof == again


def test_a_token_for_somebody_else_is_said_early(tmp_path: Path) -> None:
    world = World()
    token, _ = world.tokens.kubernetes("orders", "pod-1", "elsewhere", world.wall)
    (tmp_path / "token").write_bytes(token)
    with pytest.raises(AskedWronglyError, match="audience is not this agent") as refused:
        evidence.from_token(tmp_path / "token", "audience")
    assert "audience" in refused.value.hint
    (tmp_path / "token").write_text("nonsense")
    with pytest.raises(RefusedError):
        evidence.from_token(tmp_path / "token", "audience")
    with pytest.raises(AskedWronglyError):
        evidence.from_token(tmp_path / "none", "audience")


def test_a_join_document_says_its_name(tmp_path: Path) -> None:
    from datetime import timedelta

    world = World()
    thumbprint = world.agent()
    made = Join(
        world.trusted.id,
        "orders",
        "cleo",
        join.digest(_thumbprint(thumbprint)),
        world.wall,
        world.wall + timedelta(days=1),
    )
    (tmp_path / "join").write_bytes(enveloped(made, world.people["ada"], world.people["bob"]).written())
    shown = evidence.from_join(tmp_path / "join", world.trusted.id)
    assert shown.identity.claims == (("name", "orders"),)
    assert shown.evidence().form == "join"
    (tmp_path / "join").write_text("{}")
    with pytest.raises(AskedWronglyError):
        evidence.from_join(tmp_path / "join", world.trusted.id)


def _thumbprint(agent: object) -> str:
    from wardline.vault.protocol.keys import thumbprint

    return thumbprint(agent.trusted.id, agent.key.public, agent.signer.public)  # type: ignore[attr-defined]
