"""What an agent serves, for how long, and what it does when servers are gone or lie."""

from pathlib import Path

import pytest
from tests.vault.agent.parts import a_world
from tests.vault.world import PATH

from wardline.vault.agent.shelf import NotNowError
from wardline.vault.protocol.accepting import Accepted
from wardline.vault.protocol.errors import RefusedError


def test_a_new_version_is_read_as_soon_as_it_was_taken(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        held = agent.holding.read(PATH)
        assert held is not None
        assert held.fields["password"] == "one"
        agent.world.one.mint(PATH, {"password": "two"})
        agent.following.step()
        held = agent.holding.read(PATH)
        assert held is not None
        assert held.fields["password"] == "two"


def test_who_listens_hears_of_each_version_once(tmp_path: Path) -> None:
    heard: list[int] = []

    def listener(path: str, accepted: Accepted) -> None:
        assert path == PATH
        heard.append(accepted.header.number)

    with a_world(tmp_path) as agent:
        agent.holding.listen(listener)
        agent.following.step()
        agent.world.one.mint(PATH, {"password": "two"})
        agent.following.step()
        agent.following.step()
    assert heard == [2]


def test_in_an_outage_it_serves_until_freshness_and_grace_have_passed_and_then_says_why_not(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.servers.reachable = False
        agent.holding.outage = True
        held = agent.holding.read(PATH)
        assert held is not None
        assert held.fresh_until < held.serve_until
        agent.world.pass_time(minutes=30)
        assert agent.holding.read(PATH) is held
        agent.world.pass_time(hours=2)
        with pytest.raises(NotNowError, match="no server answers") as refused:
            agent.holding.read(PATH)
        assert "server back" in refused.value.hint


def test_servers_that_answer_without_freshness_get_no_grace(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        assert not agent.holding.outage
        agent.world.pass_time(minutes=11)
        with pytest.raises(NotNowError, match="no custodian has vouched"):
            agent.holding.read(PATH)


def test_after_a_restart_in_an_outage_it_serves_what_it_had_sealed_on_disk(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.servers.reachable = False
        again = agent.restarted()
        assert again.holding.read(PATH) is None
        again.holding.restore()
        held = again.holding.read(PATH)
        assert held is not None
        assert held.fields["password"] == "one"
        agent.world.pass_time(hours=2)
        late = agent.restarted()
        late.holding.restore()
        with pytest.raises(NotNowError, match="not accepted"):
            late.holding.read(PATH)


def test_an_old_version_is_refused_also_after_a_restart(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        server = agent.world.server
        old = server.offer(PATH, agent.servers.party.key.public.key_id, 0)
        agent.world.one.mint(PATH, {"password": "two"})
        agent.following.step()
        again = agent.restarted()
        with pytest.raises(RefusedError):
            again.holding.take(PATH, old)


def test_the_cache_holds_no_value(tmp_path: Path) -> None:
    with a_world(tmp_path, word="canary-4711-canary") as agent:
        held = agent.holding.read(PATH)
        assert held is not None
        assert held.fields["word"] == "canary-4711-canary"
        written = [path for path in agent.folder.rglob("*") if path.is_file()]
        assert written
        assert not any(b"canary-4711" in path.read_bytes() for path in written)
        assert all(path.stat().st_mode & 0o077 == 0 for path in written)


def test_a_secret_that_is_not_granted_any_more_is_not_served_and_not_kept(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.holding.drop(PATH)
        assert agent.holding.read(PATH) is None
        again = agent.restarted()
        again.holding.restore()
        assert again.holding.read(PATH) is None


def test_a_wall_clock_that_is_set_back_makes_nothing_fresh_again(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.world.pass_time(minutes=11)
        agent.world.wall = agent.world.wall.replace(year=agent.world.wall.year - 1)
        with pytest.raises(NotNowError):
            agent.holding.read(PATH)


def test_an_opened_value_leaves_memory_once_its_time_has_passed_altogether(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.servers.reachable = False
        agent.holding.outage = True
        agent.world.pass_time(hours=2)
        agent.holding.sweep()
        assert agent.holding.paths() == []
        with pytest.raises(NotNowError, match="could be served until") as refused:
            agent.holding.read(PATH)
        assert refused.value.hint
        agent.servers.reachable = True
        agent.world.one.state()
        agent.following.step()
        held = agent.holding.read(PATH)
        assert held is not None
        assert held.fields["password"] == "one"
