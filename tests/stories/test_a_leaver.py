"""Somebody leaves: the directory says so to one node, and within a second no session or token of theirs opens another.

Real nodes as processes of their own, over SQLite and over PostgreSQL.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests import databases, nodes

from wardline.kernel import settings
from wardline.kernel.identity.model import PLATFORM
from wardline.main import platform

pytestmark = pytest.mark.loopback
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; "" for SQLite in the state folder."""
    if request.param == "sqlite":
        yield ""
        return
    cluster: databases.Cluster = request.getfixturevalue("postgresql_cluster")
    name = cluster.made()
    yield cluster.dsn(name)
    cluster.drop(name)


class Person:
    """Somebody with a session on a command line and a token, at the second node."""

    def __init__(self, folder: Path, address: str, account: str, url: str) -> None:
        services = platform.services(settings.load(folder, {}, database=address or None))
        link = services.identity.invite(PLATFORM, account).rpartition("/")[2]
        session = services.identity.redeem_link(link, agent="tests")
        who, _ = services.identity.session(session.cookie)
        until = services.clock() + timedelta(days=30)
        services.identity.set_roles(PLATFORM, account, ["developer"])
        who, _ = services.identity.session(session.cookie)
        _, token = services.identity.create_token(who, "laptop", ["finding:read"], frozenset(), until)
        services.database.close()
        self.url, self.keys = url, (f"wls_{session.cookie}", token)

    def gets(self) -> set[int]:
        """Return the statuses that the session and the token get."""
        asked = [("authorization", f"Bearer {key}") for key in self.keys]
        return {
            httpx.get(f"{self.url}/api/v1/findings", headers=[one], trust_env=False, timeout=10).status_code
            for one in asked
        }


def directory_token(folder: Path, address: str) -> str:
    """Return the token that the organisation's directory sends itself with."""
    services = platform.services(settings.load(folder, {}, database=address or None))
    account = services.identity.create_account(PLATFORM, "Directory", roles=("admin",))
    link = services.identity.invite(PLATFORM, account.id).rpartition("/")[2]
    who, _ = services.identity.session(services.identity.redeem_link(link, agent="tests").cookie)
    until = services.clock() + timedelta(days=30)
    _, token = services.identity.create_token(who, "directory", ["scim:write"], frozenset(), until)
    services.database.close()
    return token


def spoken(url: str, token: str) -> httpx.Client:
    """Return the directory, as it speaks to a node."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/scim+json"}
    return httpx.Client(base_url=f"{url}/scim/v2/", trust_env=False, timeout=30, headers=headers)


def test_a_leaver_is_out_of_every_node_within_a_second(address: str, tmp_path: Path) -> None:
    secret = nodes.token(tmp_path, address)
    first = nodes.Node(tmp_path, secret, address)
    second = nodes.Node(tmp_path, secret, address)
    try:
        api, directory = first.api, spoken(first.url, directory_token(tmp_path, address))
        joiner = {"schemas": [USER], "userName": "ada@shop.example", "displayName": "Ada", "active": True}
        created = directory.post("Users", json=joiner)
        assert created.status_code == 201, created.text
        account = created.json()["id"]
        ada = Person(tmp_path, address, account, second.url)
        assert ada.gets() == {200}
        leaves = {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
        assert directory.patch(f"Users/{account}", json=leaves).is_success
        assert ada.gets() == {401}  # at the very next request: well within the second that was promised
        events = api.get(f"ledger/events?about={account}").json()["rows"]
        assert {"account:deactivated", "session:revoked", "token:revoked"} <= {one["action"] for one in events}
        directory.close()
    finally:
        assert first.end() == 0
        assert second.end() == 0
