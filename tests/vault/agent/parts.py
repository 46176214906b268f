"""What the agent's tests share: a dev vault that is asked without sockets, and servers that are the world in memory."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.vault.world import PATH, AgentParty, World

from wardline.vault.agent import dev
from wardline.vault.agent.face import Asked, Face
from wardline.vault.agent.following import Following
from wardline.vault.agent.holding import Holding
from wardline.vault.agent.kept import Kept
from wardline.vault.agent.upstream import Changes
from wardline.vault.keyring import Keyring
from wardline.vault.protocol.accepting import Offer
from wardline.vault.protocol.envelope import read_envelope
from wardline.vault.protocol.roots import Pin
from wardline.vault.remote import UnreachableError


class Said(NamedTuple):
    """An answer as a client sees it."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def errors(self) -> list[str]:
        return self.body["errors"]


class Asking:
    """Asks a face as a client would."""

    def __init__(self, face: Face, token: str, *, local: bool = False) -> None:
        self.face, self.token, self.local = face, token, local

    def __call__(self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Said:
        shown = self.token if token is None else token
        bare, _, query = path.partition("?")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if shown:
            given["x-vault-token"] = shown
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        reply = self.face.answer(
            Asked(method, f"/v1/{bare}".encode(), query.encode(), given, content, local=self.local)
        )
        return Said(reply.status, json.loads(reply.body) if reply.body else {})

    def as_one_with(self, policy: str) -> "Asking":
        """Return the same as somebody who has this policy and `default`."""
        assert self("PUT", "sys/policies/acl/theirs", {"policy": policy}).status == 204
        made = self("POST", "auth/token/create", {"policies": ["theirs"]})
        return Asking(self.face, made.body["auth"]["client_token"])


class Clock:
    """Seconds since the epoch, as the test says."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


def dev_vault(*, uninitialised: bool = False) -> tuple[Asking, Clock]:
    clock = Clock()
    made = dev.made(clock=clock, uninitialised=uninitialised)
    return Asking(made.face, made.token), clock


class WorldServers:
    """The servers of `World`, as an agent asks them; `reachable` false is a total outage."""

    def __init__(self, world: World, party: AgentParty) -> None:
        self.world, self.party = world, party
        self.reachable = True
        self.receipts: list[bytes] = []
        self.bindings: list[bytes] = []
        self.granted: tuple[str, ...] = (PATH,)

    def _up(self) -> None:
        if not self.reachable:
            raise UnreachableError("no server answers")

    def roots(self) -> tuple[bytes, ...]:
        self._up()
        return tuple(self.world.server.roots)

    def bind(self, binding: bytes) -> None:
        self._up()
        self.bindings.append(binding)

    def paths(self) -> tuple[str, ...]:
        self._up()
        return self.granted

    def offer(self, path: str, seen: int) -> Offer | None:
        self._up()
        versions = self.world.server.versions.get(path)
        if (
            not versions
            or (read_envelope(versions[-1]).digest, self.party.key.public.key_id) not in self.world.server.wraps
        ):
            return None
        return self.world.server.offer(path, self.party.key.public.key_id, seen)

    def revocations(self, path: str) -> tuple[bytes, ...]:
        self._up()
        return tuple(self.world.server.revocations)

    def wait(self, cursor: int, seconds: float) -> Changes:
        self._up()
        return Changes(cursor + 1, self.granted)

    def receipt(self, receipt: bytes) -> None:
        self._up()
        self.receipts.append(receipt)

    def put(self, put: bytes) -> None:
        self._up()
        self.world.one.apply(put)
        self.after_put()

    def after_put(self) -> None:
        """What a test does once a put was applied."""

    def grant(self, path: str) -> bytes | None:
        self._up()
        grants = self.world.server.grants.get(path)
        return grants[-1] if grants else None


class Beside(NamedTuple):
    """An agent beside a workload of the world, without threads: a test takes each step itself."""

    world: World
    servers: WorldServers
    holding: Holding
    following: Following
    folder: Path

    def restarted(self) -> "Beside":
        """Return the same agent after its process ended and another began."""
        return beside(self.world, self.servers.party, self.folder, self.servers)


def beside(world: World, party: AgentParty, folder: Path, servers: WorldServers | None = None) -> Beside:
    folder.mkdir(mode=0o700, exist_ok=True)
    servers = servers or WorldServers(world, party)
    kept = Kept(folder)

    def wall() -> datetime:
        return world.wall

    holding = Holding(
        kept,
        Keyring(party.key, party.signer),
        party.identity,
        Pin(world.trusted.id),
        kept.roots or servers.roots(),
        wall=wall,
        monotonic=lambda: world.monotonic,
    )
    following = Following(holding, servers, lambda: party.evidence)
    return Beside(world, servers, holding, following, folder)


@contextmanager
def a_world(folder: Path, **fields: Any) -> Iterator[Beside]:
    """Give a world with one secret, and an agent that has taken it."""
    world = World()
    party = world.agent()
    world.one.mint(PATH, fields or {"username": "u", "password": "one"})
    agent = beside(world, party, folder / "agent")
    agent.following.step()
    yield agent
