"""Nodes that run duties with clocks that stand still until they are moved."""

import pytest

from wardline.kernel.duties.service import Duties
from wardline.kernel.identity.model import PLATFORM


class Elapsed:
    """Seconds that pass when they are told to."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def elapsed():
    return Elapsed()


@pytest.fixture
def node(database, clock, elapsed):
    def make(*duties, name="one", **how):
        return Duties(database, clock, name, elapsed=elapsed, **how).runner(duties)

    return make


@pytest.fixture
def standing(database, clock):
    def of(name="d"):
        return {row.name: row for row in Duties(database, clock, "eye").list(PLATFORM)}[name]

    return of
