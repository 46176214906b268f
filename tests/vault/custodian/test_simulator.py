"""The simulator keeps the contract that the real targets keep; so what is shown on it holds for them."""

import pytest
from tests.vault.custodian.rotators.contract import Bench, Fenced
from tests.vault.custodian.simulator import Machine, Session, Simulated

from wardline.vault.custodian.rotator import Version


class Simulation(Bench):
    def __init__(self) -> None:
        self.machine = Machine()
        self.rotator = Simulated("db/orders", self.machine)
        self.other = Simulated("db/orders", self.machine)

    def log_in(self, version: Version) -> bool:
        return self.machine.log_in(version.fields)

    def open(self, version: Version, *, busy: bool) -> Session:
        return self.machine.open(version, busy=busy)

    def alive(self, session: object) -> bool:
        return session in self.machine.sessions

    def lose(self, version: Version) -> None:
        self.machine.roles[version.fields["username"]].enabled = False

    def log(self) -> str:
        return "\n".join(self.machine.said)


@pytest.fixture
def bench() -> Bench:
    return Simulation()


class TestSimulated(Fenced):
    pass
