"""What is wrong with the vault opens findings by itself, and closes them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.web import vaults
from tests.web import world as worlds

from wardline.findings.model import Query
from wardline.kernel.duties.model import Duty
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import PLATFORM
from wardline.main import vaultcheck


@pytest.fixture
def organisation(tmp_path: Path, database_url: str) -> Iterator[worlds.World]:
    made = worlds.empty(database_url, tmp_path)
    made.accounts["security"] = "acc-ana"
    yield made
    made.services.database.close()


def step(made: worlds.World, duty: Duty, times: int = 2) -> None:
    runner = made.services.duties.runner((duty,))
    for _ in range(times):
        made.clock.at += timedelta(seconds=40)
        runner.step(made.clock.at)


def opened(made: worlds.World) -> dict[str, str]:
    rows = made.services.findings.list(PLATFORM, Query()).rows
    return {row.title: row.severity for row in rows}


def test_a_vault_that_nobody_opened_worries_nobody(organisation: worlds.World) -> None:
    step(organisation, vaultcheck.duty(organisation.services))
    with pytest.raises(NotFoundError):
        organisation.services.catalog.service(PLATFORM, vaultcheck.SERVICE)


def test_every_worry_has_an_owner_and_a_clock_and_goes_when_it_is_gone(organisation: worlds.World) -> None:
    running = vaults.furnished(organisation)
    organisation.clock.at += timedelta(minutes=20)
    duty = vaultcheck.duty(organisation.services)
    step(organisation, duty)
    assert not any("silent" in title for title in opened(organisation))  # nobody listened until now
    organisation.clock.at += timedelta(minutes=20)
    step(organisation, duty)
    found = opened(organisation)
    assert found["A secret is older than it may be: stripe/key"] == "high"
    assert found["A secret's rotation does not go on: db/billing"] == "high"
    assert found["A secret's grant ends: db/orders"] == "medium"
    assert {title for title in found if "silent" in title} == {
        "A custodian is silent: eu/keeper-1", "A custodian is silent: eu/keeper-2",
    }  # fmt: skip
    assert not any("db/search" in title or "ssh/deploy" in title for title in found)
    row = next(row for row in organisation.services.findings.list(PLATFORM, Query()).rows if "stripe" in row.title)
    assert row.service_name == "Vault"
    assert row.due_at is not None
    running.world.pass_time(seconds=(organisation.clock.at - running.world.wall).total_seconds())
    machine = running.enter(running.world.one.signer)
    running.vault.state(machine, running.world.one.state())
    step(organisation, duty)
    now = opened(organisation)
    assert "A custodian is silent: eu/keeper-1" not in now
    assert now["A custodian is silent: eu/keeper-2"] == "medium"  # another one of its zone is there
