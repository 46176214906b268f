"""A duty that keeps failing is a finding, and closes itself when it works again."""

from datetime import timedelta
from pathlib import Path

import pytest

from wardline.findings.model import Query
from wardline.kernel import settings
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Duty, Turn
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import PLATFORM
from wardline.main import platform, selfcheck
from wardline.services import Services


@pytest.fixture
def services(tmp_path: Path, database_url: str, clock) -> Services:
    return platform.services(settings.load(tmp_path, {}, database=database_url), clock)


class Broken:
    """A duty that fails while `broken`."""

    broken = True

    def run(self, turn: Turn) -> str:
        del turn
        if self.broken:
            raise OSError("no way")
        return "done"


def run(services: Services, clock, duties: tuple[Duty, ...], times: int) -> None:
    runner = services.duties.runner(duties)
    for _ in range(times):
        clock.forward(minutes=20)
        runner.step(clock())


def opened(services: Services) -> list[str]:
    return [row.title for row in services.findings.list(PLATFORM, Query()).rows]


def test_a_duty_that_keeps_failing_is_a_finding_until_it_works_again(services: Services, clock) -> None:
    broken = Broken()
    duties = (Duty("orders:count", "Orders are counted", 60, broken.run), selfcheck.duty(services))
    run(services, clock, duties, 3)
    assert opened(services) == ["A duty of the platform keeps failing: Orders are counted"]
    found = services.findings.list(PLATFORM, Query()).rows[0]
    assert found.service_name == "Wardline"
    assert found.team_name
    assert found.due_at > clock() - timedelta(days=31)
    broken.broken = False
    run(services, clock, duties, 2)
    assert opened(services) == []
    services.database.close()


def test_while_every_duty_works_there_is_no_service_of_our_own(services: Services, clock) -> None:
    run(services, clock, (selfcheck.duty(services),), 3)
    with pytest.raises(NotFoundError):
        services.catalog.service(PLATFORM, selfcheck.SERVICE)
    services.database.close()


def test_the_database_is_the_one_that_was_named(services: Services, database: Database) -> None:
    assert services.database.postgresql == database.postgresql
    services.database.close()
