"""T-72: every server is the attacker's, and answers a running agent with offers of its own making."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.vault.agent.parts import Beside, a_world
from tests.vault.world import PATH

from wardline.vault.agent.shelf import NotNowError
from wardline.vault.protocol.errors import RefusedError

FIELDS = ("grant", "version", "wrap", "freshness", "head")


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory):
    with a_world(tmp_path_factory.mktemp("t72")) as beside:
        beside.world.one.mint(PATH, {"password": "two"})
        beside.following.step()
        yield beside


def held(agent: Beside) -> str:
    found = agent.holding.read(PATH)
    assert found is not None
    return str(found.fields["password"])


@given(field=st.sampled_from(FIELDS), at=st.floats(0, 0.999), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_bit_anywhere_changes_nothing_that_is_served_or_remembered(
    agent: Beside, field: str, at: float, bit: int
) -> None:
    agent.following.step()
    before = (agent.folder / "floors.json").read_bytes()
    offer = agent.servers.offer(PATH, agent.holding.seen)
    assert offer is not None
    content = bytearray(getattr(offer, field))
    content[int(at * len(content))] ^= 1 << bit
    try:
        agent.holding.take(PATH, replace(offer, **{field: bytes(content)}))
    except RefusedError:
        assert (agent.folder / "floors.json").read_bytes() == before
    assert held(agent) == "two"


@pytest.mark.parametrize("field", [*FIELDS, "leaf"])
def test_what_belongs_to_another_version_is_refused(tmp_path: Path, field: str) -> None:
    with a_world(tmp_path) as agent:
        old = agent.servers.offer(PATH, 0)
        agent.world.one.mint(PATH, {"password": "two"})
        new = agent.servers.offer(PATH, agent.holding.seen)
        assert old is not None
        assert new is not None
        if getattr(old, field) != getattr(new, field):
            with pytest.raises(RefusedError):
                agent.holding.take(PATH, replace(new, **{field: getattr(old, field)}))
            assert held(agent) == "one"
        agent.holding.take(PATH, new)
        assert held(agent) == "two"
        with pytest.raises(RefusedError):
            agent.holding.take(PATH, old)
        assert held(agent) == "two"


def test_what_was_offered_for_one_path_is_not_taken_for_another(agent: Beside) -> None:
    offer = agent.servers.offer(PATH, 0)
    assert offer is not None
    with pytest.raises(RefusedError):
        agent.holding.take("db/admin", offer)
    with pytest.raises(NotNowError):
        agent.holding.read("db/admin")


def test_another_agents_offer_opens_nothing(agent: Beside) -> None:
    other = agent.world.agent(pod="pod-9")
    agent.world.one.rewrap(PATH)
    with pytest.raises(RefusedError):
        agent.holding.take(PATH, agent.world.server.offer(PATH, other.key.public.key_id, agent.holding.seen))
    assert held(agent) == "two"


def test_a_server_that_answers_and_withholds_gets_freshness_and_no_grace(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        stale = agent.servers.offer(PATH, 0)
        agent.servers.offer = lambda path, seen: stale  # type: ignore[method-assign]
        agent.world.pass_time(minutes=9)
        agent.following.step()
        assert held(agent) == "one"
        agent.world.pass_time(minutes=2)
        agent.following.step()
        with pytest.raises(NotNowError):
            agent.holding.read(PATH)
