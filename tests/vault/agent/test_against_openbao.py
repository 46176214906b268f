"""The same requests to OpenBao and to `agent --dev`: the same statuses, and the same answers but for what is random.

OpenBao is Vault's free continuation and speaks the same API. Where it is not installed (`bao`), this is skipped.
"""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.vault.agent.parts import Asking, Said, dev_vault
from tests.vault.agent.running import dev_agent

pytestmark = [pytest.mark.native, pytest.mark.loopback]
BAO = os.environ.get("WARDLINE_TEST_BAO") or shutil.which("bao")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# What OpenBao has and Vault's KV has not; what differs by design (names, versions, ids).
_PASSED_OVER = {
    "request_id", "warnings", "mount_type", "auth", "accessor", "uuid", "running_plugin_version",
    "metadata_cas_required", "current_metadata_version", "oldest_version", "wrap_info",
    "updated_time", "token_strictly_bind_ip",
}  # fmt: skip
PATCH = {"Content-Type": "application/merge-patch+json"}

REQUESTS: list[tuple[str, str, Any] | tuple[str, str, Any, dict[str, str]]] = [
    ("GET", "secret/data/a", None), ("PUT", "secret/data/a", {"data": {"x": 1}}),
    ("GET", "secret/data/a", None),
    ("PUT", "secret/data/a", {"x": 1}), ("PUT", "secret/data/a", {"data": {"x": 2}, "options": {"cas": 0}}),
    ("PUT", "secret/data/a", {"data": {"x": 2}, "options": {"cas": "1"}}),
    ("PUT", "secret/data/a", {"data": {"x": 2}, "options": {"cas": "z"}}), ("PUT", "secret/data/a", {"data": "str"}),
    ("PUT", "secret/data/a", {"data": None}), ("PUT", "secret/data/a", {"data": {}}),
    ("GET", "secret/data/a?version=1", None), ("GET", "secret/data/a?version=99", None),
    ("GET", "secret/data/a?version=z", None), ("GET", "secret/data/a?version=-1", None),
    ("DELETE", "secret/data/a", None),
    ("GET", "secret/data/a", None), ("GET", "secret/metadata/a", None),
    ("POST", "secret/undelete/a", {"versions": [3]}),
    ("POST", "secret/undelete/a", {"versions": ["3", "99"]}), ("POST", "secret/undelete/a", {}),
    ("POST", "secret/delete/a", {"versions": "1,2"}), ("POST", "secret/delete/none", {"versions": [1]}),
    ("GET", "secret/data/a?version=1", None), ("POST", "secret/destroy/a", {"versions": [1]}),
    ("GET", "secret/data/a?version=1", None), ("GET", "secret/metadata/a", None), ("POST", "secret/delete/a", {}),
    ("POST", "secret/destroy/none", {"versions": [1]}), ("LIST", "secret/metadata", None),
    ("LIST", "secret/metadata/none", None), ("GET", "secret/metadata/none", None), ("GET", "secret/metadata", None),
    ("GET", "secret/metadata?list=true", None),
    ("POST", "secret/metadata/a",
     {"max_versions": 2, "cas_required": True, "delete_version_after": "90m", "custom_metadata": {"k": "v"}}),
    ("GET", "secret/metadata/a", None), ("PUT", "secret/data/a", {"data": {"z": 1}}),
    ("PUT", "secret/data/a", {"data": {"z": 1}, "options": {"cas": 3}}), ("GET", "secret/data/a", None),
    ("POST", "secret/metadata/a", {"custom_metadata": {"k": 1}}),
    ("POST", "secret/metadata/a", {"custom_metadata": "x"}),
    ("POST", "secret/metadata/a", {"delete_version_after": "x"}),
    ("POST", "secret/metadata/a", {"cas_required": "maybe"}),
    ("POST", "secret/metadata/a", {"custom_metadata": {"k" * 200: "v"}}),
    ("POST", "secret/metadata/a", {"custom_metadata": {"": "v"}}),
    ("PATCH", "secret/metadata/a", {"custom_metadata": {"k": None, "l": "m"}}, PATCH),
    ("GET", "secret/metadata/a", None),
    ("PATCH", "secret/metadata/nope", {"max_versions": 1}, PATCH),
    ("PATCH", "secret/data/a", {"data": {"n": 1}}, PATCH),
    ("PUT", "secret/data/a", {"data": {"z": 1, "y": 2}, "options": {"cas": 4}}), ("GET", "secret/metadata/a", None),
    ("PATCH", "secret/data/a", {"data": {"n": 1, "z": None}, "options": {"cas": 5}}, PATCH),
    ("GET", "secret/data/a", None),
    ("PATCH", "secret/data/nope", {"data": {"n": 1}}, PATCH),
    ("PATCH", "secret/data/a", {"data": {"n": 1}, "options": {"cas": 1}}, PATCH),
    ("PATCH", "secret/data/a", {"x": 1}, PATCH),
    ("PUT", "secret/data/s", {"data": {"a": {"b": {"c": 1}}, "d": [1], "e": {}}}), ("GET", "secret/subkeys/s", None),
    ("GET", "secret/subkeys/s?depth=1", None), ("GET", "secret/subkeys/s?depth=2", None),
    ("GET", "secret/subkeys/none", None), ("GET", "secret/subkeys/s?depth=z", None), ("DELETE", "secret/data/s", None),
    ("GET", "secret/subkeys/s", None), ("DELETE", "secret/metadata/s", None), ("DELETE", "secret/metadata/none", None),
    ("DELETE", "secret/data/none", None), ("GET", "secret/config", None),
    ("POST", "secret/config", {"max_versions": 5, "cas_required": True, "delete_version_after": "3h25m19s"}),
    ("GET", "secret/config", None), ("DELETE", "secret/config", None), ("GET", "secret/nope/x", None),
    ("GET", "secret", None), ("GET", "secret/data", None), ("PUT", "secret/data/", {"data": {}}),
    ("POST", "sys/mounts/kv1", {"type": "kv", "options": {"version": "1"}}), ("POST", "sys/mounts/kv1", {"type": "kv"}),
    ("POST", "sys/mounts/kv1/sub", {"type": "kv"}), ("POST", "sys/mounts/zz", {"type": "nope"}),
    ("POST", "sys/mounts/zz", {}), ("POST", "sys/mounts/sys/x", {"type": "kv"}), ("DELETE", "sys/mounts/nope", None),
    ("DELETE", "sys/mounts/sys", None), ("GET", "kv1/a", None), ("PUT", "kv1/a", {"x": 1, "ttl": "1h"}),
    ("GET", "kv1/a", None), ("PUT", "kv1/a", {}), ("LIST", "kv1/", None), ("LIST", "kv1", None),
    ("LIST", "kv1/none", None),
    ("DELETE", "kv1/none", None), ("PUT", "kv1/p/q", {"y": None}), ("LIST", "kv1", None), ("GET", "kv1/p", None),
    ("GET", "kv1/p/q", None), ("GET", "sys/mounts/secret/tune", None), ("GET", "sys/mounts/nope/tune", None),
    ("GET", "sys/internal/ui/mounts/nope/foo", None), ("PUT", "sys/policies/acl/root", {"policy": ""}),
    ("DELETE", "sys/policies/acl/root", None), ("DELETE", "sys/policies/acl/default", None),
    ("PUT", "sys/policies/acl/x", {"policy": 'path "a" { capabilities = ["fly"] }'}),
    ("PUT", "sys/policies/acl/x", {"policy": ""}), ("PUT", "sys/policies/acl/x", {}),
    ("PUT", "sys/policies/acl/X", {"policy": 'path "secret/data/a" { capabilities = ["read"] }'}),
    ("LIST", "sys/policies/acl", None), ("GET", "sys/policies/acl/nope", None), ("GET", "nope/x", None),
    ("PUT", "nope/x", {"a": 1}), ("GET", "sys/seal-status/x", None), ("POST", "auth/token/lookup", {"token": "bad"}),
    ("POST", "auth/token/revoke", {"token": "bad"}), ("POST", "auth/token/renew", {"token": "bad"}),
    ("LIST", "auth/token/roles", None), ("POST", "auth/token/roles/r", {"allowed_policies": "x"}),
    ("GET", "auth/token/roles/r", None), ("POST", "auth/token/create/none", {}),
    ("POST", "auth/token/create/r", {"policies": ["y"]}), ("POST", "auth/token/create", {"id": "my.id"}),
    ("POST", "auth/token/create", {"type": "x"}), ("POST", "auth/token/create", {"num_uses": -1}),
    ("POST", "sys/capabilities-self", {"paths": ["secret/data/a", "x"]}),
    ("POST", "sys/capabilities-self", {"path": "secret/data/a"}), ("POST", "sys/capabilities-self", {}),
    ("POST", "sys/wrapping/wrap", {"a": 1}), ("POST", "sys/wrapping/lookup", {"token": "x"}),
    ("POST", "sys/wrapping/unwrap", {"token": "x"}), ("POST", "sys/auth/approle", {"type": "approle"}),
    ("POST", "sys/auth/approle", {"type": "approle"}), ("LIST", "auth/approle/role", None),
    ("POST", "auth/approle/role/r", {"token_policies": "x", "token_ttl": "1h", "secret_id_num_uses": 1}),
    ("GET", "auth/approle/role/r", None), ("GET", "auth/approle/role/none", None),
    ("POST", "auth/approle/login", {"role_id": "x", "secret_id": "y"}), ("DELETE", "sys/auth/approle", None),
    ("DELETE", "sys/auth/token", None), ("POST", "sys/auth/userpass", {"type": "userpass"}),
    ("POST", "auth/userpass/users/bob", {"password": "pw"}), ("POST", "auth/userpass/login/bob", {"password": "bad"}),
    ("LIST", "auth/userpass/users", None), ("PUT", "sys/leases/lookup", {"lease_id": "x"}),
    ("GET", "cubbyhole/x", None), ("PUT", "cubbyhole/x", {"a": 1}), ("GET", "cubbyhole/x", None),
    ("LIST", "cubbyhole", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if not BAO:
        pytest.skip("OpenBao (bao) is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("bao")
    process = subprocess.Popen(
        [
            BAO,
            "server",
            "-dev",
            "-dev-root-token-id=root",
            f"-dev-listen-address=127.0.0.1:{port}",
            "-dev-no-store-token",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"HOME": str(home), "PATH": os.defpath},
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if _asked(port, "GET", "secret/config", None, {}).status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _asked(port: int, method: str, path: str, body: Any, headers: dict[str, str]) -> Said:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, f"/v1/{path}", content, {"X-Vault-Token": "root", **headers})
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    return Said(answer.status, json.loads(said) if said else {})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in _PASSED_OVER}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return "(a time)" if _TIME.fullmatch(value) else value
    return value


def _ours(ask: Asking, method: str, path: str, body: Any, headers: dict[str, str]) -> Said:
    return ask(method, path, body, content_type=headers.get("Content-Type", "application/json"))


def test_each_request_is_answered_alike(bao: int) -> None:
    ask, _ = dev_vault()
    different = []
    for method, path, body, *rest in REQUESTS:
        headers = rest[0] if rest else {}
        theirs, ours = _asked(bao, method, path, body, headers), _ours(ask, method, path, body, headers)
        if theirs.status != ours.status:
            different.append(f"{method} {path} {body}: {theirs.status} {theirs.body} / {ours.status} {ours.body}")
            continue
        if theirs.status < 300 or "data" in theirs.body:
            expected, found = _plain(theirs.body.get("data")), _plain(ours.body.get("data"))
            missing = {name for name in expected or {} if (found or {}).get(name) != expected[name]}
            if missing:
                different.append(f"{method} {path} {body}: {missing}: {expected} / {found}")
        elif bool(theirs.body.get("errors")) != bool(ours.body.get("errors")):
            different.append(f"{method} {path} {body}: {theirs.body} / {ours.body}")
    assert different == []


def test_its_command_line_works_with_an_agent(tmp_path: Path) -> None:
    if not BAO:
        pytest.skip("OpenBao (bao) is not installed")
    with dev_agent(tmp_path) as agent:
        environment = {"HOME": str(tmp_path), "PATH": os.defpath, "BAO_ADDR": agent.url, "BAO_TOKEN": agent.token}

        def bao_cli(*arguments: str, status: int = 0) -> str:
            ended = subprocess.run(
                [BAO or "", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=30
            )
            assert ended.returncode == status, ended.stderr
            return ended.stdout

        bao_cli("status")
        bao_cli("kv", "put", "secret/db/orders", "username=u", "password=one")
        bao_cli("kv", "patch", "secret/db/orders", "password=two")
        assert bao_cli("kv", "get", "-field=password", "secret/db/orders").strip() == "two"
        assert bao_cli("kv", "get", "-field=password", "-version=1", "secret/db/orders").strip() == "one"
        assert "orders" in bao_cli("kv", "list", "secret/db")
        bao_cli("kv", "delete", "secret/db/orders")
        bao_cli("kv", "undelete", "-versions=2", "secret/db/orders")
        bao_cli("kv", "metadata", "get", "secret/db/orders")
        bao_cli("secrets", "enable", "-path=one", "-version=1", "kv")
        bao_cli("kv", "put", "one/a", "x=1")
        assert bao_cli("kv", "get", "-field=x", "one/a").strip() == "1"
        (tmp_path / "mine.hcl").write_text('path "secret/data/db/*" { capabilities = ["read"] }')
        bao_cli("policy", "write", "mine", str(tmp_path / "mine.hcl"))
        token = bao_cli("token", "create", "-policy=mine", "-field=token").strip()
        environment["BAO_TOKEN"] = token
        assert bao_cli("token", "capabilities", "secret/data/db/orders").strip() == "read"
        assert bao_cli("token", "lookup", "-format=json")
        bao_cli("kv", "put", "secret/db/orders", "x=1", status=2)
