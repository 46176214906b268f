"""A vault's server over a real database, and the honest parties of the world in memory that talk to it."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.vault.world import PATH, START, AgentParty, Chance, CustodianParty, Server, World

from wardline.kernel.database.engine import Database
from wardline.kernel.identity.model import Principal
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.vault.protocol import encoding, entering
from wardline.vault.protocol.accepting import Accepted, Offer
from wardline.vault.protocol.envelope import enveloped, read_envelope
from wardline.vault.protocol.heads import Leaf
from wardline.vault.protocol.keys import SoftwareSigner
from wardline.vault.protocol.model.grant import Grant
from wardline.vault.protocol.model.root import LedgerKey, Root
from wardline.vault.server.handing import Handed
from wardline.vault.server.model import Machine, Proposal
from wardline.vault.server.service import Vault

HOST = "vault.shop.example"
OPERATOR = Principal(
    "person", "acc-operator", "Olu", frozenset({"vault:ask", "vault:read", "vault:write", "ledger:read"})
)
OTHER = Principal("person", "acc-other", "Ole", frozenset({"vault:ask", "vault:read"}))


class KeptServer(Server):
    """The world's server, whose ledger is a real one."""

    def __init__(self, chance: Chance, ledger: Ledger) -> None:
        super().__init__(chance)
        self.real = ledger

    def head(self, size: int | None = None) -> bytes:
        del size
        while self.real.sequence():
            pass
        return self.real.note(OPERATOR).encode()

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        return tuple(self.real.consistency(OPERATOR, first, second).hashes) if 0 < first < second else ()


class KeptWorld(World):
    """The world, whose root names the real ledger."""

    def __init__(self, ledger: Ledger, origin: str, public: bytes) -> None:
        self._named = ledger, LedgerKey(origin, public)
        super().__init__()

    def first_root(self) -> Root:
        ledger, key = self._named
        self.server = KeptServer(self.chance, ledger)
        return replace(super().first_root(), ledgers=(key,))


@dataclass
class Running:
    """The service, the world around it, and what its parties do with it."""

    vault: Vault
    ledger: Ledger
    world: KeptWorld

    def enter(self, signer: SoftwareSigner) -> Machine:
        nonce = self.vault.challenge().nonce
        entered = self.vault.enter(HOST, signer.public, nonce, signer.sign(entering.message(HOST, nonce)))
        return self.vault.machine(entered.token)

    def approved(self, grant: Grant, by: tuple[str, ...] = ("ada", "bob")) -> Proposal:
        bare = enveloped(grant)
        proposal = self.vault.propose(OPERATOR, bare.written())
        for name in by:
            proposal = self.vault.sign(OPERATOR, proposal.id, bare.cosigned(self.world.people[name]).written())
        return proposal

    def agent(self, name: str = "orders", pod: str = "pod-1") -> AgentParty:
        agent = self.world.agent(name, pod)
        self.vault.bind(self.world.server.bindings[-1])
        return agent

    def fetched(self, custodian: CustodianParty, path: str = PATH) -> Machine:
        """Let a custodian take from the service what it goes by."""
        machine, server = self.enter(custodian.signer), self.world.server
        basis = self.vault.basis(machine)
        server.roots, server.epochs = list(basis.roots), list(basis.epochs)
        server.revocations = list(basis.revocations)
        server.bindings = [one.content for one in self.vault.bindings(machine)]
        server.grants[path] = [one.content for one in self.vault.documents(machine, "grant", path)]
        return machine

    def minted(self, custodian: CustodianParty, fields: dict[str, str], path: str = PATH) -> Machine:
        """Let a custodian mint a version and publish it through the service."""
        machine = self.fetched(custodian, path)
        read = custodian.mint(path, fields)
        server = self.world.server
        wraps = [content for (version, _), content in server.wraps.items() if version == read.digest]
        self.vault.publish(machine, server.versions[path][-1], wraps)
        self.vault.state(machine, custodian.state())
        return machine

    def offered(self, agent: AgentParty, path: str = PATH) -> Offer:
        return as_offer(self.vault.offer(self.enter(agent.signer), path, agent.floors.head_size))

    def read(self, agent: AgentParty, path: str = PATH) -> Accepted:
        return agent.read(path, self.offered(agent, path))


def as_offer(handed: Handed) -> Offer:
    return Offer(
        grant=handed.grant,
        version=handed.version,
        wrap=handed.wrap,
        freshness=handed.freshness,
        head=handed.head,
        leaf=Leaf(handed.entry, handed.number, handed.inclusion),
        known=handed.known,
        stated=handed.stated,
        roots=handed.roots,
        epochs=handed.epochs,
    )


@pytest.fixture
def running(database: Database, tmp_path: Path) -> Running:
    """Return a server whose ceremony was held and whose first grant was approved."""
    signer = Signer.opened(tmp_path)
    ledger = Ledger(database, lambda: START, signer)
    with database.transaction() as tx:
        ledger.record(tx, at=START, who=OPERATOR, action="vault:opened", subject="vault")
    ledger.sequence()
    world = KeptWorld(ledger, ledger.note(OPERATOR).partition("\n")[0], signer.public)
    running = Running(Vault(database, lambda: world.wall, ledger), ledger, world)
    running.vault.establish(OPERATOR, world.server.roots[0])
    running.approved(unsigned(world))
    return running


def unsigned(world: World) -> Grant:
    return encoding.read(Grant, read_envelope(world.server.grants[PATH][-1]).payload, "a grant")
