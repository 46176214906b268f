"""A node that ends waivers, climbs the ladder or sends notices is killed (-9) at every step: nothing twice or lost.

Real processes on both databases. Each dies before, within or after one of its transactions; the next one takes its
lease over and goes on with what is there.
"""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.findings.waivers.world import World

from wardline.findings.escalation import ladder
from wardline.findings.escalation.ladder import OPENED
from wardline.findings.policy import Policy
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.notices.store import DELIVERIES, NOTICES
from wardline.kernel.paging import Page

KILLED = 9
POINTS = ("before", "inside", "after")
LATE = timedelta(days=9)


@pytest.fixture(scope="module")
def starter():
    program = Path(__file__).with_name("dying_node.py")
    with subprocess.Popen([sys.executable, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        yield made
        made.stdin.close()
        made.wait(20)


class Scene:
    """An organisation in which much is owed, and nodes that are to do it."""

    def __init__(self, starter, url, database, clock, folder):
        self.starter, self.url, self.clock = starter, url, clock
        self.world = World(database, clock, folder)
        self.key, self.sent = folder / "ledger.key", folder / "sent.jsonl"
        self.sent.touch()

    def node(self, duty, at=None, step=0):
        """Run a node until it dies or nothing is owed; return the signal that ended it (0: none)."""
        self.clock.forward(minutes=5)  # whatever the dead one claimed is free again
        order = {"url": self.url, "key": str(self.key), "sent": str(self.sent), "now": self.clock().isoformat()}
        self.starter.stdin.write(json.dumps({**order, "duty": duty, "at": at, "step": step}) + "\n")
        self.starter.stdin.flush()
        return int(self.starter.stdout.readline())

    def killed_at_every_step(self, duty, steps):
        """Kill a node at each point of each of its first transactions; then let one do the rest."""
        deaths = [self.node(duty, at, step) for step in steps for at in POINTS]
        assert deaths == [KILLED] * len(deaths)
        assert self.node(duty) == 0

    def whole(self):
        """The ledger is whole, and holds every event under a number."""
        while self.world.ledger.sequence():
            pass
        assert self.world.ledger.verify().ok


@pytest.fixture
def scene(starter, database_url, database, clock, tmp_path):
    return Scene(starter, database_url, database, clock, tmp_path)


def test_waivers_end_once_whoever_dies(scene):
    world = scene.world
    ends, lapses, late, grave = [], [], [], []
    for _ in range(2):
        finding = world.finding("medium")
        ends.append((world.asked(finding, days=8).waiver.id, finding))
        finding = world.finding("medium")
        lapses.append((world.asked(finding, days=60).waiver.id, finding))
        late.append(world.asked(world.finding("low"), days=60).waiver.id)
        grave.append(world.asked(world.finding("high"), days=20).waiver.id)
    for waiver, _ in ends + lapses:
        world.waivers.approve(world.sec, waiver)
    for _, finding in lapses:
        world.change(finding, state="fixed", open=False, fixed_at=scene.clock())
    scene.clock.forward(days=LATE.days)
    scene.killed_at_every_step("waivers:keep", steps=(1, 2))
    for waiver, finding in ends:
        assert Counter(world.actions(waiver))["waiver:expired"] == 1
        assert world.row(finding).waived_until is None
    for waiver, _ in lapses:
        assert Counter(world.actions(waiver))["waiver:lapsed"] == 1
    for waiver in late:
        counted = Counter(world.actions(waiver))
        assert (counted["waiver:granted-by-clock"], counted["waiver:effective"]) == (1, 1)
    for waiver in grave:
        assert Counter(world.actions(waiver))["waiver:granted-by-clock"] == 0
        assert Counter(world.actions(waiver))["waiver:escalated"] == 1
    told = Counter((one["recipient"], one["dedupe"]) for one in world.notices())
    assert told
    assert set(told.values()) == {1}
    scene.whole()


def test_every_rung_of_the_ladder_is_climbed_once_whoever_dies(scene):
    world = scene.world
    findings = [world.finding(severity) for severity in ("critical", "high", "medium")]
    scene.clock.forward(days=LATE.days)
    scene.killed_at_every_step("findings:escalate", steps=(1,))
    now = scene.clock()
    for finding in findings:
        row = world.row(finding)
        climber = ladder.Climber(row.detected_at, row.due_at, row.acknowledge_by, row.acknowledged_at)
        due = sorted(rung.step for rung in ladder.due(climber, Policy(), now) if rung.step != OPENED)
        events = world.ledger.list(PLATFORM, about=finding, action="finding:escalated", page=Page(100)).rows
        assert sorted(event.details["step"] for event in events) == due
    assert sum(world.row(finding).escalation for finding in findings) > 0
    told = Counter((one["recipient"], one["dedupe"]) for one in world.notices())
    assert told
    assert set(told.values()) == {1}
    scene.whole()


def test_every_notice_is_sent_and_a_repeated_one_carries_its_key_again(scene):
    world = scene.world
    for severity in ("critical", "high", "medium", "low"):
        world.asked(world.finding(severity), days=5)
    assert len(world.notices()) > 4
    scene.clock.forward(days=1)
    scene.killed_at_every_step("notices:deliver", steps=(1, 2))
    messages = [json.loads(line) for line in scene.sent.read_text().splitlines()]
    with world.database.reading() as tx:
        rows = tx.execute(select(DELIVERIES.c.notice, DELIVERIES.c.state)).all()
        subjects = Counter(
            tx.scalars(select(NOTICES.c.subject).join(DELIVERIES, DELIVERIES.c.notice == NOTICES.c.id)).all()
        )
    assert rows
    assert {row.state for row in rows} == {"sent"}
    once = {(channel, key, address, tuple(titles)) for channel, key, address, titles in messages}
    assert Counter(title for *_, titles in once for title in titles) == subjects
    assert len({key for _, key, *_ in once}) == len(once), "the same message has the same key, and another has another"
    assert 0 < len(messages) - len(once) <= 2 * len(POINTS), "a node that died after sending: sent again, with its key"
    scene.whole()
