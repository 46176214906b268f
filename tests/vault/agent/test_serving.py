"""An agent on real sockets: who may connect, what it speaks, how it ends."""

import http.client
import json
import signal
import socket
import ssl
import stat
import subprocess
from pathlib import Path

import pytest
from tests.vault.agent.running import Agent, dev_agent

from wardline.kernel.errors import AskedWronglyError, ConflictError
from wardline.vault.agent import serving
from wardline.vault.client import Client

pytestmark = pytest.mark.loopback


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory):
    with dev_agent(tmp_path_factory.mktemp("serving")) as running:
        yield running


def ask(agent: Agent, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=10)
    shown = {"X-Vault-Token": agent.token} | {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body or None, shown)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def test_everything_that_it_writes_is_its_owners_alone(agent: Agent) -> None:
    modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in agent.folder.iterdir()}
    assert modes == {"agent.sock": 0o600, "dev.json": 0o600, "dev.lock": 0o600, "root-token": 0o400}
    assert stat.S_IMODE(agent.folder.stat().st_mode) == 0o700


def test_both_sockets_serve_the_same(agent: Agent) -> None:
    assert ask(agent, "PUT", "/v1/secret/data/both", b'{"data": {"x": "1"}}')[0] == 200
    assert Client(agent.socket, token=agent.token).get("both")["x"] == "1"
    assert Client(agent.url, token=agent.token).get("both")["x"] == "1"


def test_every_answer_says_what_it_is(agent: Agent) -> None:
    connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=10)
    for method, path in (("GET", "/v1/sys/health"), ("GET", "/v1/nope/x"), ("DELETE", "/v1/secret/data/none")):
        connection.request(method, path, headers={"X-Vault-Token": agent.token})
        answer = connection.getresponse()
        content = answer.read()
        assert "never put a real secret in" in (answer.getheader("X-Wardline-Warning") or "")
        if content:
            assert "never put a real secret in" in str(json.loads(content)["warnings"])
    connection.close()


def test_too_much_is_refused_before_it_is_read(agent: Agent) -> None:
    connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=10)
    connection.putrequest("PUT", "/v1/secret/data/a")
    connection.putheader("Content-Length", str(2 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert ask(agent, "GET", "/v1/secret/data/" + "a" * 9000)[0] == 414


def test_what_is_no_http_is_refused_and_nothing_falls_over(agent: Agent) -> None:
    host, port = agent.url.removeprefix("http://").split(":")
    for sent in (
        b"\0\1\2\3\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /v1/sys/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(sent)
            assert connection.recv(100).split(b" ")[1] in {b"400", b"403"}
    assert ask(agent, "GET", "/v1/sys/health")[0] == 200


def test_a_second_one_from_the_same_folder_is_refused(agent: Agent) -> None:
    with pytest.raises(AssertionError, match="already runs"), dev_agent(agent.folder.parent):
        pass


def test_a_dev_vault_is_not_started_beside_a_real_root(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir(mode=0o700)
    (tmp_path / "dev" / "floors.json").write_text("{}")
    with pytest.raises(AssertionError, match="real root"), dev_agent(tmp_path):
        pass


def test_it_ends_when_told_and_leaves_no_socket(tmp_path: Path) -> None:
    with dev_agent(tmp_path, tcp=False) as running:
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
        assert not (running.folder / "agent.sock").exists()


def test_a_socket_that_nobody_serves_any_more_is_replaced_and_a_served_one_is_not(tmp_path: Path) -> None:
    first = serving.unix_socket(tmp_path / "a.sock")
    with pytest.raises(ConflictError):
        serving.unix_socket(tmp_path / "a.sock")
    first.bound.close()
    second = serving.unix_socket(tmp_path / "a.sock")
    assert second.local
    second.bound.close()
    (tmp_path / "file").write_text("precious")
    with pytest.raises(AskedWronglyError, match="no socket"):
        serving.unix_socket(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "precious"
    with pytest.raises(AskedWronglyError, match="too long"):
        serving.unix_socket(tmp_path / ("x" * 120))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104 - refused
def test_an_address_off_this_machine_is_refused(host: str) -> None:
    with pytest.raises(AskedWronglyError):
        serving.loopback_socket(host, 0)


def test_tls_is_spoken_with_a_given_certificate_and_clients_may_show_theirs(tmp_path: Path) -> None:
    for name in ("server", "client"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / f"{name}.key",
             "-out", tmp_path / f"{name}.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
    options = [
        "--tls-certificate", str(tmp_path / "server.pem"), "--tls-key", str(tmp_path / "server.key"),
        "--client-ca", str(tmp_path / "client.pem"),
    ]  # fmt: skip
    with dev_agent(tmp_path, *options) as running:
        context = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
        context.load_cert_chain(tmp_path / "client.pem", tmp_path / "client.key")
        connection = http.client.HTTPSConnection(running.url.removeprefix("https://"), context=context, timeout=10)

        def said(method: str, path: str, body: object, token: str = "") -> tuple[int, dict[str, object]]:
            connection.request(method, f"/v1/{path}", json.dumps(body), {"X-Vault-Token": token})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else {}

        assert said("POST", "sys/auth/cert", {"type": "cert"}, running.token)[0] == 204
        assert said("POST", "auth/cert/login", {})[0] == 400
        role = {"certificate": (tmp_path / "client.pem").read_text(), "token_policies": "mine"}
        assert said("POST", "auth/cert/certs/web", role, running.token)[0] == 204
        status, body = said("POST", "auth/cert/login", {"name": "web"})
        assert status == 200
        assert body["auth"]["policies"] == ["default", "mine"]  # type: ignore[index]
        assert said("POST", "auth/cert/login", {"name": "other"})[0] == 400
        connection.close()
