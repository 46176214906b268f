"""Who may see duties and ask for them."""

import pytest

from wardline.kernel.duties.model import Duty
from wardline.kernel.duties.service import Duties
from wardline.kernel.errors import DeniedError, NotFoundError
from wardline.kernel.identity.model import PLATFORM, Principal

READER = Principal("person", "acc-1", "Ada", frozenset({"duty:read"}))
RUNNER = Principal("person", "acc-2", "Bob", frozenset({"duty:run"}))


@pytest.fixture
def duties(lite, clock):
    made = Duties(lite, clock, "one")
    made.runner([Duty(name, name.title(), 60, lambda turn: "") for name in ("beta", "alpha")]).step(clock())
    return made


def test_duties_are_listed_by_name(duties):
    assert [standing.name for standing in duties.list(READER)] == ["alpha", "beta"]


def test_who_may_not_see_duties_sees_none(duties):
    with pytest.raises(DeniedError, match="duty:read"):
        duties.list(RUNNER)


def test_who_may_not_run_duties_cannot_ask_for_one(duties):
    with pytest.raises(DeniedError, match="duty:run"):
        duties.run_now(READER, "alpha")


def test_a_duty_that_is_not_there_cannot_be_asked_for(duties):
    with pytest.raises(NotFoundError):
        duties.run_now(PLATFORM, "gamma")
