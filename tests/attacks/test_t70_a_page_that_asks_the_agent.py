"""T-70: a page in a browser on this machine, or a server that fetches addresses for others, asks the agent.

DNS rebinding makes a foreign name resolve to 127.0.0.1; SSRF makes a program here send what a stranger chose.
"""

import http.client
import json

import pytest
from tests.vault.agent.running import Agent, dev_agent

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory):
    with dev_agent(tmp_path_factory.mktemp("t70")) as running:
        yield running


def ask(agent: Agent, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, bytes, str | None]:
    connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": agent.url.removeprefix("http://"), "X-Vault-Token": agent.token, **headers}.items():
        connection.putheader(name, value)
    if body:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() or None)
    answer = connection.getresponse()
    found = answer.status, answer.read(), answer.getheader("Access-Control-Allow-Origin")
    connection.close()
    return found


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8200", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1@evil.example",
     "2130706433", "0x7f.1", "127.1", "[::ffff:10.0.0.1]", "0.0.0.1", "[::]", "", "localhost:x", "[::1", "127.0.0.1 x",
     "localhost.", "xn--lcalhost-l5a"],
)  # fmt: skip
def test_a_foreign_name_that_resolves_here_is_refused_even_with_a_token(agent: Agent, host: str) -> None:
    for path in ("/v1/sys/health", "/v1/secret/metadata?list=true", "/v1/sys/seal-status"):
        status, content, _ = ask(agent, "GET", path, {"Host": host})
        assert status == 403
        assert b"not this machine's own" in content or b"refused" in content
        assert b"initialized" not in content


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.8.9.10:99", "[::1]:5"])
def test_this_machines_own_names_are_served(agent: Agent, host: str) -> None:
    assert ask(agent, "GET", "/v1/sys/health", {"Host": host})[0] == 200


@pytest.mark.parametrize(
    "sign",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:8200"}, {"Origin": ""},
     {"Referer": "http://localhost/"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Mode": "cors"}, {"Cookie": "a=b"},
     {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-Host": "localhost"}, {"Forwarded": "for=192.0.2.1"},
     {"Via": "1.1 proxy"}],
)  # fmt: skip
def test_what_only_browsers_and_proxies_send_is_refused(agent: Agent, sign: dict[str, str]) -> None:
    body = json.dumps({"data": {"x": "planted"}})
    status, _, allowed = ask(agent, "POST", "/v1/secret/data/planted", sign, body)
    assert status == 403
    assert allowed is None
    assert ask(agent, "GET", "/v1/secret/data/planted", {})[0] == 404


def test_no_preflight_is_answered_with_leave(agent: Agent) -> None:
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    status, _, allowed = ask(agent, "OPTIONS", "/v1/secret/data/a", asked)
    assert status == 403
    assert allowed is None


def test_a_form_without_a_token_opens_nothing(agent: Agent) -> None:
    """What an SSRF can send: any method, path and body, but not the token's header."""
    for method, path in (("POST", "/v1/auth/token/create"), ("GET", "/v1/secret/data/a"), ("PUT", "/v1/sys/seal")):
        assert ask(agent, method, path, {"X-Vault-Token": ""}, "{}")[0] == 403
    token = agent.token
    assert ask(agent, "GET", f"/v1/secret/metadata?list=true&token={token}", {"X-Vault-Token": ""})[0] == 403


def test_two_hosts_or_a_whole_address_lead_nowhere_else(agent: Agent) -> None:
    assert ask(agent, "GET", "http://evil.example/v1/sys/health", {})[0] in {400, 403, 404}
    connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=10)
    connection.putrequest("GET", "/v1/sys/health", skip_host=True)
    connection.putheader("Host", "localhost")
    connection.putheader("Host", "evil.example")
    connection.endheaders()
    assert connection.getresponse().status in {400, 403}
    connection.close()


def test_over_the_unix_socket_a_browsers_marks_are_refused_too(agent: Agent) -> None:
    from wardline.vault.client import Client

    client = Client(agent.socket, token=agent.token)
    client._headers["Origin"] = "http://evil.example"
    status, found = client.ask("GET", "sys/health")
    assert status == 403
    assert "initialized" not in found
    client.close()
