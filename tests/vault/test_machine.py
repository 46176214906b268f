"""Two custodians and two agents under an attacker's server: whatever happens in whatever order, these things hold.

Custodians are paused, killed and started again from what they kept; clocks jump; the server cuts its tables, serves old
statements and keeps news back. An agent's versions never go back; under one number it never takes two; what it takes is
what a custodian sealed; and what vouched for it was signed at most ten minutes before.
"""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.vault.world import PATH, AgentParty, CustodianParty, World

from wardline.vault.protocol import encoding
from wardline.vault.protocol.envelope import read_envelope
from wardline.vault.protocol.errors import ClockError, RefusedError

KEEPERS = st.sampled_from(("keeper-1", "keeper-2"))


class Interleavings(RuleBasedStateMachine):
    """The machine; `sealed` and `stated` are what really happened, which no party can see."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.agents = [self.world.agent(), self.world.agent(pod="pod-2")]
        for agent in self.agents:
            agent.now()  # honest at its start; what is done to the wall clock later must not matter
        self.sealed: dict[bytes, dict[str, Any]] = {}
        self.stated: dict[bytes, float] = {}  # statement -> monotonic time of signing
        self.accepted: list[dict[tuple[int, int], bytes]] = [{}, {}]
        self.last: list[tuple[int, int]] = [(0, 0), (0, 0)]
        self.count = 0
        self.reads = 0

    def note(self) -> None:
        for content in self.world.server.freshness.values():
            self.stated.setdefault(content, self.world.monotonic)

    def keeper(self, name: str) -> CustodianParty:
        return self.world.custodians[name]

    @rule(name=KEEPERS)
    def mint(self, name: str) -> None:
        self.count += 1
        fields = {"password": f"value {self.count}"}
        try:
            read = self.keeper(name).mint(PATH, fields)
        except RefusedError:
            return
        finally:
            self.note()
        self.sealed[read.digest] = fields

    @rule(name=KEEPERS)
    def listen_to_the_peer(self, name: str) -> None:
        other = "keeper-2" if name == "keeper-1" else "keeper-1"
        content = self.world.server.freshness.get(other)
        if content is not None:
            try:
                self.keeper(name).follow()
                self.keeper(name).take_peer(content)
            except RefusedError:
                return

    @rule(name=KEEPERS)
    def state(self, name: str) -> None:
        try:
            self.keeper(name).follow()
            self.keeper(name).state()
        except RefusedError:
            return
        finally:
            self.note()

    @rule(name=KEEPERS)
    def kill_and_start(self, name: str) -> None:
        """Only what was written stays: floors and keys."""
        old = self.keeper(name)
        new = CustodianParty(name, self.world, old.signer, old.key)
        new.trusted, new.known = old.trusted, dict(old.known)
        new.floors = encoding.read(type(old.floors), encoding.canonical(old.floors), "floors")
        new.paths = {
            path: encoding.read(type(floor), encoding.canonical(floor), "a floor") for path, floor in old.paths.items()
        }
        self.world.custodians[name] = new

    @rule(name=KEEPERS)
    def lose_the_state(self, name: str) -> None:
        old = self.keeper(name)
        new = CustodianParty(name, self.world, old.signer, old.key)
        new.trusted = self.world.trusted
        self.world.custodians[name] = new

    @rule(minutes=st.sampled_from((0.1, 1, 5, 11)))
    def wait(self, minutes: float) -> None:
        self.world.pass_time(minutes=minutes)

    @rule(seconds=st.sampled_from((-7200, -61, -30, 30, 61, 7200)))
    def set_the_clock(self, seconds: int) -> None:
        from datetime import timedelta

        self.world.wall += timedelta(seconds=seconds)

    @rule()
    def raise_the_epoch(self) -> None:
        epochs = self.world.server.epochs
        if len(epochs) < 3:
            previous = read_envelope(epochs[-1]).digest if epochs else b""
            epochs.append(self.world.epoch(len(epochs) + 2, previous))

    @rule(keep=st.integers(0, 4))
    def cut_the_versions(self, keep: int) -> None:
        versions = self.world.server.versions.get(PATH, [])
        del versions[max(1, keep) :]

    @rule(chosen=st.data())
    def serve_an_old_statement(self, chosen: st.DataObject) -> None:
        if self.stated:
            content = chosen.draw(st.sampled_from(sorted(self.stated)))
            self.world.server.freshness["old"] = content

    @rule()
    def keep_epochs_back(self) -> None:
        self.world.server.epochs.clear()

    @rule(which=st.integers(0, 1), forget=st.booleans())
    def read(self, which: int, *, forget: bool) -> None:
        agent = self.agents[which]
        if forget:  # a restart: floors are read back, roots and kept offers too
            agent = self.agents[which] = restarted(agent)
        if not self.world.server.versions.get(PATH) or not self.world.server.freshness:
            return
        offer = agent.offered()
        try:
            accepted = agent.read(offer=offer)
        except RefusedError:
            return
        self.reads += 1
        place = (accepted.header.epoch, accepted.header.number)
        assert place >= self.last[which]
        assert self.accepted[which].setdefault(place, accepted.version) == accepted.version
        assert accepted.fields == self.sealed[accepted.version]
        # 60 s: by so much may the custodian's clock be ahead of the agent's.
        assert self.world.monotonic - self.stated[offer.freshness] <= 600 + 60
        self.last[which] = place

    @invariant()
    def a_stopped_custodian_says_why(self) -> None:
        for one in self.world.custodians.values():
            hint = "set the clock"
            try:
                one.now()
            except ClockError as error:
                hint = error.hint
            assert hint


def restarted(agent: AgentParty) -> AgentParty:
    made = AgentParty(agent.world, agent.signer, agent.key, agent.identity, agent.evidence, agent.trusted)
    made.floors = encoding.read(type(agent.floors), encoding.canonical(agent.floors), "floors")
    made.paths = dict(agent.paths)
    made.timeline = agent.timeline  # the machine's own clock is its host's, and the host is trusted
    return made


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
