"""The shelf of a real agent, and what of it programs see."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.vault.agent.parts import Asking, Beside, a_world
from tests.vault.world import PATH

from wardline.vault.agent import real
from wardline.vault.protocol import grants
from wardline.vault.protocol.accepting import Accepted


def asking(agent: Beside) -> Asking:
    made = real.made(agent.holding, agent.servers, agent.following)
    return Asking(made.application._face, "", local=True)


def test_both_versions_of_kv_show_the_same_value(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        ask = asking(agent)
        assert ask("GET", f"secret/data/{PATH}").data["data"]["password"] == "one"
        assert ask("GET", f"kv/{PATH}").data["password"] == "one"
        assert ask("LIST", "secret/metadata/db").data["keys"] == ["orders"]
        assert ask("LIST", "kv").data["keys"] == ["db/"]
        assert list(ask("GET", f"secret/metadata/{PATH}").data["versions"]) == ["1"]
        assert ask("GET", f"secret/data/{PATH}?version=1").status == 200
        assert ask("GET", f"secret/data/{PATH}?version=7").status == 404
        assert ask("GET", "secret/data/db/none").status == 404


def test_what_may_not_be_served_now_is_503_with_the_way_out(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.world.pass_time(minutes=11)
        said = asking(agent)("GET", f"secret/data/{PATH}")
        assert said.status == 503
        assert "no custodian has vouched" in said.errors[0]
        assert "custodian of its zone" in said.errors[1]


def test_only_reading_a_value_is_a_receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world(tmp_path) as agent:
        seen: list[tuple[int, str]] = []

        def delivered(accepted: Accepted, how: str) -> None:
            seen.append((accepted.header.number, how))

        monkeypatch.setattr(agent.following, "delivered", delivered)
        ask = asking(agent)
        ask("GET", f"secret/metadata/{PATH}")
        ask("GET", "sys/wardline/state")
        assert ask("GET", f"sys/wardline/open/{PATH}").data["data"]["password"] == "one"
        assert seen == []
        ask("GET", f"secret/data/{PATH}")
        assert ask("POST", "sys/wardline/delivered", {"path": PATH, "number": 1, "how": "run"}).status == 204
        assert ask("POST", "sys/wardline/delivered", {"path": PATH, "number": 9, "how": "run"}).status == 204
        assert ask("POST", "sys/wardline/delivered", {"path": PATH, "number": 1, "how": "read"}).status == 400
        assert seen == [(1, "read"), (1, "run")]


def test_what_holds_for_a_secret_is_not_changed_here(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        made = real.made(agent.holding, agent.servers, agent.following)
        shelf = made.application._face._estate.mounts.get("secret/")
        assert shelf is not None
        opened = shelf.engine._shelf  # type: ignore[attr-defined]
        for act in (
            lambda: opened.mark(PATH, [1], "destroy"),
            lambda: opened.forget(PATH),
            lambda: opened.describe(PATH, {}),
            lambda: opened.govern({}),
        ):
            with pytest.raises(Exception, match=r"not an agent's|people") as refused:
                act()
            assert refused.value.status == 403  # type: ignore[attr-defined]


def test_a_write_comes_back_as_a_version_that_a_custodian_made(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        honest = agent.servers.put

        def put(content: bytes) -> None:
            honest(content)
            threading.Thread(target=agent.following.step).start()

        agent.servers.put = put  # type: ignore[method-assign]
        ask = asking(agent)
        written = ask("POST", f"secret/data/{PATH}", {"data": {"password": "mine"}, "options": {"cas": 1}})
        assert written.status == 200, written.body
        assert written.data["version"] == 2
        assert ask("GET", f"secret/data/{PATH}").data["data"] == {"password": "mine"}
        patch = {"content_type": "application/merge-patch+json"}
        assert ask("PATCH", f"secret/data/{PATH}", {"data": {"user": "u"}}, **patch).data["version"] == 3
        assert ask("GET", f"secret/data/{PATH}").data["data"] == {"password": "mine", "user": "u"}
        assert ask("POST", f"secret/data/{PATH}", {"data": {}, "options": {"cas": 9}}).status == 400


def test_a_write_that_no_grant_lets_through_is_refused_here_already(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        world = agent.world
        known = grants.require(world.server.grants[PATH][-1], world.trusted)
        world.granted(replace(world.grant(PATH), version=2, previous=known.digest, writers=()))
        refused = asking(agent)("POST", f"secret/data/{PATH}", {"data": {"password": "mine"}})
        assert refused.status == 403
        assert "was not written" in refused.errors[0]
        assert asking(agent)("POST", "secret/data/db/none", {"data": {}}).status == 403


def test_a_write_while_no_server_answers_says_so(tmp_path: Path) -> None:
    with a_world(tmp_path) as agent:
        agent.servers.reachable = False
        said = asking(agent)("POST", f"secret/data/{PATH}", {"data": {"x": "1"}})
        assert said.status == 503
        assert "was not written" in said.errors[0]
