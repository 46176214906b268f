"""A real agent's process beside a real server: bound, pushed to, outlasting it. Only the custodian is the world's."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from tests.main.test_agent import agent, has, until
from tests.vault.server.conftest import OPERATOR, KeptWorld, Running, unsigned
from tests.vault.world import PATH

from wardline.kernel import settings
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.serving.metrics import Metrics
from wardline.main import migrating, platform, serving, state
from wardline.main.application import application
from wardline.vault.client import Client

pytestmark = pytest.mark.loopback


class Serving:
    """A server of the platform on loopback, with a ceremony held and a grant approved, and its custodian."""

    def __init__(self, folder: Path) -> None:
        known = settings.load(state.prepared(folder), {})
        bound = serving.listening(known)
        known = known._replace(port=bound.getsockname()[1])
        self.services = platform.services(known)
        migrating.migrate(self.services.database)
        ledger = self.services.ledger
        with self.services.database.transaction() as tx:
            ledger.record(tx, at=self.services.clock(), who=OPERATOR, action="vault:opened", subject="vault")
        ledger.sequence()
        world = KeptWorld(ledger, ledger.note(OPERATOR).partition("\n")[0], Signer.opened(known.state).public)
        self.running = Running(self.services.vault, ledger, world)
        self.running.vault.establish(OPERATOR, world.server.roots[0])
        self.running.approved(unsigned(world))
        self.world, self.url, self.bound = world, known.base_url, bound
        config = uvicorn.Config(application(self.services, Metrics()), log_config=None, lifespan="off")
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [bound]}, daemon=True)
        self.thread.start()

    def mint(self, **fields: str) -> None:
        self.world.pass_time(seconds=(datetime.now(UTC) - self.world.wall).total_seconds())
        self.running.minted(self.world.one, fields)
        self.services.ledger.sequence()

    def end(self) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(10)
        self.bound.close()
        self.services.database.close()


@contextmanager
def a_server(folder: Path) -> Iterator[Serving]:
    made = Serving(folder)
    try:
        yield made
    finally:
        made.end()


def test_a_workload_reads_each_rotation_through_server_and_agent_and_goes_on_without_the_server(tmp_path: Path) -> None:
    socket = f"unix://{tmp_path}/state/agent.sock"
    with a_server(tmp_path / "platform") as server:
        server.world.pass_time(seconds=(datetime.now(UTC) - server.world.wall).total_seconds())
        with agent(server, tmp_path), Client(socket) as client:
            until(lambda: bool(server.running.vault.bindings(server.running.enter(server.world.one.signer))))
            server.mint(password="one")
            until(has(client, "one"))
            began = time.monotonic()
            server.mint(password="two")
            until(has(client, "two"))
            assert time.monotonic() - began < 5
            server.services.ledger.sequence()
    with agent(server, tmp_path), Client(socket) as client:
        assert client.get(PATH)["password"] == "two"
        assert client.ask("GET", "sys/wardline/state")[1]["data"]["outage"] is True
