"""The Python client: what a program gets, and what it is told where it gets nothing."""

import os
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.vault.agent.running import Agent, dev_agent

from wardline.vault.client import (
    AgentUnavailableError,
    Client,
    ClientError,
    ConflictError,
    NoSecretError,
    NotAllowedError,
    Secret,
)

pytestmark = pytest.mark.loopback

CANARY = "canary"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory):
    with dev_agent(tmp_path_factory.mktemp("client")) as running:
        yield running


@pytest.fixture
def client(agent: Agent):
    with Client(agent.socket, token=agent.token) as made:
        yield made


def test_a_secret_is_its_fields(client: Client) -> None:
    assert client.put("db/orders", {"username": "u", "port": 5432}) == 1
    secret = client.get("db/orders")
    assert dict(secret) == {"username": "u", "port": 5432}
    assert (secret.path, secret.number, len(secret)) == ("db/orders", 1, 2)
    with pytest.raises(KeyError, match="it has port, username"):
        secret["password"]


def test_a_secret_shows_no_value_and_goes_nowhere() -> None:
    secret = Secret("db/orders", 3, {"password": CANARY})
    assert CANARY not in repr(secret)
    assert "password" in repr(secret)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


def test_versions_replace_the_one_that_was_read(client: Client) -> None:
    assert client.put("cas", {"x": "1"}, expected=0) == 1
    with pytest.raises(ConflictError):
        client.put("cas", {"x": "2"}, expected=0)
    assert client.put("cas", {"x": "2"}, expected=1) == client.number("cas") == 2


def test_lists_are_sorted_and_an_empty_folder_is_empty(client: Client) -> None:
    client.put("list/b", {})
    client.put("list/a/c", {})
    assert client.list("list") == ["a/", "b"]
    assert client.list("none") == []


def test_each_no_is_an_error_of_its_own(agent: Agent, client: Client, tmp_path: Path) -> None:
    with pytest.raises(NoSecretError, match="not granted") as refused:
        client.get("none")
    assert refused.value.hint
    with pytest.raises(NotAllowedError):
        Client(agent.socket, token="wrong").get("none")
    with pytest.raises(AgentUnavailableError, match="no agent answers"):
        Client(f"unix://{tmp_path}/none.sock").get("a")
    for address in ("http://192.0.2.1:8200", "ftp://x", "https://example.org"):
        with pytest.raises(ClientError, match="no agent of this machine"):
            Client(address)
    client.put("deleted", {"x": "1"})
    client.ask("DELETE", "secret/data/deleted")
    with pytest.raises(NoSecretError):
        client.get("deleted")


def test_address_and_token_come_from_the_environment(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINE_AGENT", agent.url)
    monkeypatch.setenv("WARDLINE_AGENT_TOKEN_FILE", str(agent.folder / "root-token"))
    assert Client().list("none") == []
    monkeypatch.setenv("WARDLINE_AGENT_TOKEN_FILE", "/nonexistent")
    with pytest.raises(ClientError, match="cannot be read"):
        Client()


def test_threads_share_one_client(client: Client) -> None:
    client.put("threads", {"x": "1"})
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client.get("threads")["x"], range(200)))
    assert found == ["1"] * 200


def test_a_forked_process_goes_on_with_it(client: Client) -> None:
    client.put("fork", {"x": "1"})
    assert client.get("fork")["x"] == "1"
    child = os.fork()
    if not child:
        os._exit(0 if client.get("fork")["x"] == "1" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.get("fork")["x"] == "1"


def test_an_agent_that_was_started_again_is_asked_again(tmp_path: Path) -> None:
    with dev_agent(tmp_path, tcp=False) as first:
        client = Client(first.socket, token=first.token)
        assert client.list() == []
    with dev_agent(tmp_path, tcp=False) as second:
        with pytest.raises(NotAllowedError):
            client.list()
        assert Client(second.socket, token=second.token).list() == []


def test_a_rotation_is_told_to_who_follows(client: Client) -> None:
    client.put("rotating", {"x": "1"})
    told: list[str] = []
    both = threading.Event()

    def changed(secret: Secret) -> None:
        told.append(secret["x"])
        if len(told) == 2:
            both.set()

    with client.following("rotating", changed):
        assert told == ["1"]
        client.put("rotating", {"x": "2"})
        began = time.monotonic()
        assert both.wait(5)
        assert time.monotonic() - began < 2
    assert told == ["1", "2"]


def test_it_needs_the_standard_library_alone() -> None:
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}; before = set(sys.modules); import wardline.vault.client; "
        "new = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    found = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['wardline']"
