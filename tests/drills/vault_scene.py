"""A vault with everything real for drills: a house of processes, a target that logs every statement, what was read."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
from tests.stories.vault_house import House, Process, target, until
from tests.vault.custodian.targets import Server

from wardline.cli.remote import approving
from wardline.vault.client import Client, ClientError
from wardline.vault.protocol import grants, roots
from wardline.vault.protocol.envelope import Read
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.roots import TrustedRoot

PATH = "db/orders"
READER = "workload:orders"


def say(name: str, text: str) -> None:
    """Print one line of a drill."""
    sys.stdout.write(f"{name:<12}{text}\n")
    sys.stdout.flush()


class Scene:
    """One house and its target; `values` are all that were ever seen of secrets."""

    def __init__(self, house: House, orders: Server) -> None:
        self.house, self.orders = house, orders
        self.values: set[str] = set()
        self.agent: Process | None = None

    def begin(self) -> None:
        """Hold the ceremony, start a custodian, let it mint the target's credential."""
        self.house.ceremony()
        self.house.start_custodian()
        address = f"postgresql:///orders?host={self.orders.socket}&port={self.orders.cluster.port}&owner=orders_owner"
        self.house.approved(
            self.house.says(
                "cleo", "secret", "add", PATH, "--target", address, "--overlap", "1s", "--requester", "cleo"
            )
        )
        until(lambda: self.house.status(PATH)["number"], 90)
        self.granted(PATH)

    def granted(self, path: str) -> None:
        """Grant a secret to the workload."""
        self.house.approved(
            self.house.says("cleo", "grant", "request", path, "--reader", READER, "--requester", "cleo")
        )

    def granted_now(self, path: str) -> tuple[Read[Grant], TrustedRoot]:
        """Return a secret's newest grant and the root, each as its signatures say."""
        asked = self.house.node.get
        chain = [approving.content(one) for one in asked("vault/roots").json()["roots"]]
        trusted = roots.chain(chain, roots.Pin.parse(self.house.pin))
        return grants.require(approving.content(asked(f"vault/grant?path={path}").json()), trusted), trusted

    def handed_in(self, to: str, document: bytes) -> dict[str, Any]:
        """Hand a document to the server; return what it says."""
        answer = self.house.node.api.post(to, json=approving.sent(document))
        assert answer.status_code < 300, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def read(self, path: str = PATH) -> dict[str, str] | None:
        """Return what the workload reads now, None where it is refused."""
        try:
            found = dict(Client(self.house.agent).get(path))
        except ClientError:
            return None
        self.values |= {value for name, value in found.items() if name in {"password", "value", "token"}}
        return found

    def newer(self, than: dict[str, str] | None = None, path: str = PATH, seconds: float = 90.0) -> dict[str, str]:
        """Wait for a version other than one, and return it."""
        found: dict[str, str] = until(lambda: _other(self.read(path), than), seconds)
        return found

    def asked(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask the agent as any client of its API does."""
        socket = httpx.HTTPTransport(uds=str(self.house.agent_folder / "agent.sock"))
        with httpx.Client(transport=socket, base_url="http://localhost/v1/", timeout=30) as client:
            return client.request(method, path, headers={"X-Vault-Request": "true"}, **options)

    def refused(self, held: dict[str, str]) -> bool:
        """Return whether a credential logs in nowhere any more, and none of its sessions is left."""
        try:
            psycopg.connect(held["dsn"]).close()
        except psycopg.OperationalError:
            with self.orders.root() as connection:
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", (held["username"],)
                ).fetchone()
            return not (row and row[0])
        return False

    def kill(self) -> None:
        """Kill the server and the custodian, as a power cut does."""
        self.house.node.end(signal.SIGKILL)
        for one in self.house.processes:
            if "custodian" in one.process.args:
                one.end(signal.SIGKILL)


@contextmanager
def scene(folder: Path, database: str = "") -> Iterator[Scene]:
    """Give a scene over a new database; everything ends with the block."""
    with target() as orders:
        house = House(folder, database)
        try:
            yield Scene(house, orders)
        finally:
            for one in house.processes:
                one.end()
            house.node.end()


def _other(found: dict[str, str] | None, than: dict[str, str] | None) -> dict[str, str] | None:
    return found if found and found != than else None
