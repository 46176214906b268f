"""hvac, the Python client of Vault, unchanged and unaware: skipped where it is not installed."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.vault.agent.running import dev_agent

hvac = pytest.importorskip("hvac", reason="hvac is not installed")
# Its own advice about its next version is no failure of ours.
pytestmark = [pytest.mark.native, pytest.mark.loopback, pytest.mark.filterwarnings("ignore::DeprecationWarning:hvac")]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with dev_agent(tmp_path_factory.mktemp("hvac")) as agent:
        made = hvac.Client(url=agent.url, token=agent.token)
        yield made
        made.adapter.close()


def test_it_is_authenticated_and_sees_a_healthy_vault(client: Any) -> None:
    assert client.is_authenticated()
    assert client.sys.is_initialized()
    assert not client.sys.is_sealed()
    assert client.sys.read_health_status(method="GET")["initialized"] is True


def test_kv_2_from_its_first_version_to_its_end(client: Any) -> None:
    kv = client.secrets.kv.v2
    kv.create_or_update_secret("db/orders", {"password": "one"}, cas=0)
    kv.patch("db/orders", {"password": "two"})
    assert kv.read_secret_version("db/orders", raise_on_deleted_version=True)["data"]["data"] == {"password": "two"}
    with pytest.raises(hvac.exceptions.InvalidRequest, match="did not match"):
        kv.create_or_update_secret("db/orders", {}, cas=1)
    kv.delete_latest_version_of_secret("db/orders")
    with pytest.raises(hvac.exceptions.InvalidPath):
        kv.read_secret_version("db/orders", raise_on_deleted_version=True)
    kv.undelete_secret_versions("db/orders", [2])
    kv.destroy_secret_versions("db/orders", [1])
    assert kv.read_secret_metadata("db/orders")["data"]["versions"]["1"]["destroyed"] is True
    assert kv.list_secrets("db")["data"]["keys"] == ["orders"]
    kv.delete_metadata_and_all_versions("db/orders")


def test_tokens_policies_and_approle(client: Any) -> None:
    client.sys.create_or_update_acl_policy("mine", 'path "secret/data/mine" { capabilities = ["read"] }')
    client.sys.enable_auth_method("approle")
    client.auth.approle.create_or_update_approle("web", token_policies=["mine"])
    role_id = client.auth.approle.read_role_id("web")["data"]["role_id"]
    secret_id = client.auth.approle.generate_secret_id("web")["data"]["secret_id"]
    theirs = hvac.Client(url=client.url)
    theirs.auth.approle.login(role_id, secret_id)
    client.secrets.kv.v2.create_or_update_secret("mine", {"x": "1"})
    assert theirs.secrets.kv.v2.read_secret_version("mine", raise_on_deleted_version=True)["data"]["data"] == {"x": "1"}
    with pytest.raises(hvac.exceptions.Forbidden):
        theirs.secrets.kv.v2.create_or_update_secret("mine", {"x": "2"})
    theirs.auth.token.revoke_self()
    assert not theirs.is_authenticated()
    theirs.adapter.close()
