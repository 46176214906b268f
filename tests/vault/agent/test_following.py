"""How an agent keeps up: bindings, changes, receipts, and servers that come and go."""

import time
from pathlib import Path

import pytest
from tests.vault.agent.parts import a_world
from tests.vault.world import PATH

from wardline.vault.agent.rendering import Rendering
from wardline.vault.agent.templates import Template
from wardline.vault.agent.upstream import Changes
from wardline.vault.protocol import bindings
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.model.statement import Receipt
from wardline.vault.remote import UnreachableError


def test_it_binds_itself_before_it_asks_and_again_before_the_hour_is_over(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        assert len(agent.servers.bindings) == 1
        agent.following.step()
        assert len(agent.servers.bindings) == 1
        agent.world.pass_time(minutes=31)
        agent.following.step()
        assert len(agent.servers.bindings) == 2


def test_its_binding_is_one_that_a_custodian_takes(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        fetched = agent.world.one.world.tokens.fetched if hasattr(agent.world.tokens, "fetched") else {}
        bound = bindings.require(agent.servers.bindings[0], agent.world.trusted, fetched, agent.world.wall)
        assert bound.sealing == agent.holding.keys.opening.public


def test_a_read_is_a_receipt_once_for_each_version(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        held = agent.holding.read(PATH)
        assert held is not None
        agent.following.start()
        try:
            for _ in range(3):
                agent.following.delivered(held, "read")
            until = time.monotonic() + 5
            while not agent.servers.receipts and time.monotonic() < until:
                time.sleep(0.005)
        finally:
            agent.following.stop()
        said = [unverified(Receipt, one, agent.world.trusted.id).document for one in agent.servers.receipts]
        assert [(one.path, one.number, one.delivered) for one in said] == [(PATH, 1, "read")]


def test_a_change_is_taken_within_a_second_and_an_outage_is_noticed_and_ends(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.following.start()
        try:
            agent.world.one.mint(PATH, {"password": "two"})
            began = time.monotonic()
            _until(lambda: agent.holding.read(PATH).header.number == 2)
            assert time.monotonic() - began < 5
            agent.servers.reachable = False
            _until(lambda: agent.holding.outage)
            agent.servers.reachable = True
            _until(lambda: not agent.holding.outage)
        finally:
            agent.following.stop()


def test_servers_that_are_gone_are_said_to_be(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.servers.reachable = False
        with pytest.raises(UnreachableError):
            agent.following.step()


def test_a_lie_about_one_secret_leaves_the_last_true_word_standing(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        honest = agent.servers.offer

        def lying(path: str, seen: int):
            offer = honest(path, seen)
            assert offer is not None
            return type(offer)(
                grant=offer.grant,
                version=offer.version[:-10] + b"0000000000",
                wrap=offer.wrap,
                freshness=offer.freshness,
                head=offer.head,
                leaf=offer.leaf,
            )

        agent.servers.offer = lying  # type: ignore[method-assign]
        agent.following.step()
        held = agent.holding.read(PATH)
        assert held is not None
        assert held.fields["password"] == "one"


def test_what_no_custodian_vouches_for_yet_is_asked_for_again_soon_and_then_ever_more_seldom(tmp_path: Path) -> None:
    """A new grant or version is told before the statement that vouches for it: nothing else would tell of that one."""
    with a_world(tmp_path) as agent:
        waited: list[float] = []
        changed: list[tuple[str, ...]] = [(PATH,)]

        def wait(cursor: int, seconds: float) -> Changes:
            waited.append(seconds)
            return Changes(cursor + 1, changed.pop() if changed else ())

        agent.following.step()
        agent.servers.wait = wait  # type: ignore[method-assign]
        honest = agent.servers.offer
        agent.world.one.mint(PATH, {"password": "two"})
        agent.servers.offer = lambda path, seen: None  # type: ignore[method-assign]
        for _ in range(8):
            agent.following.step(25)
        assert waited == [25, 1, 2, 4, 8, 16, 25, 25]
        agent.servers.offer = honest  # type: ignore[method-assign]
        agent.following.step(25)
        held = agent.holding.read(PATH)
        assert held is not None
        assert held.fields["password"] == "two"
        agent.following.step(25)
        assert waited[-1] == 25


def _until(true) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)


def test_what_an_approver_took_away_is_not_served_a_step_longer_and_its_files_are_gone(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        target = tmp_path / "out"
        rendering = Rendering(
            agent.holding, [Template("{{ db/orders#password }}", frozenset({PATH}), target)], lambda *_: None
        )
        agent.holding.on_drop(rendering.dropped)
        rendering.write_all()
        assert target.exists()
        agent.world.server.wraps = {  # as the server does with a revocation
            key: wrap
            for key, wrap in agent.world.server.wraps.items()
            if key[1] != agent.holding.keys.opening.public.key_id
        }
        agent.following.step()
        assert agent.holding.read(PATH) is not None  # a server that only says so takes nothing away
        agent.world.server.revocations.append(agent.world.revocation(by=()))
        agent.following.step()
        assert agent.holding.read(PATH) is not None
        agent.world.server.revocations.append(agent.world.revocation("workload:somebody-else"))
        agent.following.step()
        assert agent.holding.read(PATH) is not None
        agent.world.server.revocations.append(agent.world.revocation())
        agent.following.step()
        assert agent.holding.read(PATH) is None
        assert not target.exists()
        assert agent.holding.paths() == []
