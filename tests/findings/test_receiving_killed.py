"""The process that receives a report is killed (SIGKILL) at one step after the other: the same upload finishes it."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from tests.conftest import Clock
from tests.findings.world import World, finding

from wardline.catalog.service import Catalog
from wardline.findings import receiving, settling
from wardline.findings.model import Query, Receipt, Upload
from wardline.findings.report import Finding
from wardline.findings.service import Findings
from wardline.kernel.database.engine import Database
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page

CONTEXT = ("def pay(order):", "    db.execute('select ' + order.id)", "    return order")
STANDING = tuple(finding(number) for number in range(6))
NIGHT = (
    *(finding(number, severity="critical") for number in range(3)),
    *(finding(number) for number in range(6, 11)),
    finding("moved", context=CONTEXT, file="src/moved/pay.py", title="SQL from outside 5, of old"),
)


def upload(service: str, found: tuple[Finding, ...]) -> Upload:
    return Upload(service, "bandit", found, complete=frozenset({"code"}), idempotency=f"night {len(found)}")


def made(world: World, name: str) -> str:
    """A service with open findings, one of which was fixed and one of which will have moved."""
    service = world.catalog.put_service(world.security, name, name=name, team=world.team).id
    who = world.ci._replace(services=frozenset({service}))
    old = finding("pay", context=CONTEXT, file="src/pay.py", title="SQL from outside 5, of old")
    world.findings.receive(who, upload(service, (*STANDING, old)))
    world.clock.forward(hours=1)
    world.findings.receive(who, upload(service, (*STANDING[1:], old)))
    world.clock.forward(hours=1)
    return service


def killed(url: str, clock: Clock, world: World, service: str, step: int) -> bool:
    """Receive in a process of its own, killed before its statement number `step`; False: it came to its end."""
    world.database.close()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            database = Database(url)
            left = step

            def count(*_: Any) -> None:
                nonlocal left
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(database.engine, "before_cursor_execute", count)
            event.listen(database.engine, "commit", count)
            ledger = Ledger(database, clock, Signer.generated())
            findings = Findings(database, clock, ledger, Catalog(database, clock, ledger))
            findings.receive(world.ci._replace(services=frozenset({service})), upload(service, NIGHT))
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0
    return os.WIFSIGNALED(ended)


def stands(world: World, service: str) -> list[tuple[Any, ...]]:
    rows = world.findings.list(world.auditor, Query(states=frozenset(), services=frozenset({service})), Page(1000)).rows
    return sorted((one.title, one.place, one.state, one.cycle, one.severity, *world.actions(one.id)) for one in rows)


def counted(receipt: Receipt) -> tuple[int, ...]:
    return receipt.opened, receipt.reopened, receipt.fixed, receipt.moved, receipt.seen, receipt.ambiguous


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "PIECE", 2)
    monkeypatch.setattr(settling, "PIECE", 2)


def test_a_receiving_process_is_killed_at_every_step_and_nothing_is_lost_or_done_twice(
    database_url: str, platform: World, pieces: None, new_children: Callable[[], set[str]]
) -> None:
    world = platform
    calm = made(world, "calm")
    who = world.ci._replace(services=frozenset({calm}))
    whole = world.findings.receive(who, upload(calm, NIGHT))
    expected = stands(world, calm)
    assert counted(whole) == (5, 1, 3, 1, 2, 0)
    step = 1
    while True:
        service = made(world, f"killed-{step}")
        if not killed(database_url, world.clock, world, service, step):
            break
        world.clock.forward(minutes=5)  # the turn of the dead is over
        receipt = world.findings.receive(who._replace(services=frozenset({service})), upload(service, NIGHT))
        assert stands(world, service) == expected, step
        assert counted(receipt) == counted(whole), step
        step += 31
    assert step > 100
    assert new_children() == set()
