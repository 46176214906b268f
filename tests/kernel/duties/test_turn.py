"""A turn by itself: when it rests, and when it ends."""

import threading

import pytest

from wardline.kernel.duties import store
from wardline.kernel.duties.model import Duty, LeaseLostError
from wardline.kernel.duties.turn import LeasedTurn

DUTY = Duty("d", "D", 60, lambda turn: "", lease_seconds=30)


@pytest.fixture
def turn(lite, clock):
    def make(*, patient=True, fence=1):
        return LeasedTurn(lite, DUTY, fence, clock=clock, elapsed=lambda: seconds[0], stop=stop, patient=patient)

    seconds, stop = [0.0], threading.Event()
    make.seconds, make.stop = seconds, stop
    with lite.transaction() as tx:
        store.register(tx, [DUTY], clock())
        store.take(tx, store.rows(tx)["d"], "one", clock())
    return make


def beat(lite):
    with lite.reading() as tx:
        return store.rows(tx)["d"].beat


def test_a_turn_says_the_time_as_it_is(turn, clock):
    made = turn()
    assert made.now == clock()
    later = clock.forward(hours=1)
    assert made.now == later
    assert made.fence == 1


def test_a_transaction_prolongs_the_lease(turn, lite):
    before = beat(lite)
    with turn().transaction():
        pass
    assert beat(lite) == before + 1


def test_a_transaction_that_fails_prolongs_nothing(turn, lite):
    def fail():
        with turn().transaction():
            raise KeyError

    before = beat(lite)
    with pytest.raises(KeyError):
        fail()
    assert beat(lite) == before


def test_an_older_fence_has_no_transaction(turn):
    with pytest.raises(LeaseLostError), turn(fence=0).transaction():
        pass


def test_a_rest_prolongs_the_lease_a_third_of_it_later(turn, lite):
    made = turn()
    before = beat(lite)
    turn.seconds[0] = 9
    assert made.rest(0)
    assert beat(lite) == before
    turn.seconds[0] = 10
    assert made.rest(0)
    assert beat(lite) == before + 1
    assert made.rest(0)
    assert beat(lite) == before + 1


def test_a_rest_ends_with_the_node_and_with_a_long_turn(turn):
    made = turn()
    assert made.rest(0)
    turn.seconds[0] = 60
    assert not made.rest(0)
    other = turn()
    assert (other.rest(0), other.stopping) == (True, False)
    turn.stop.set()
    assert (other.rest(30), other.stopping) == (False, True)


def test_a_step_never_rests(turn):
    assert not turn(patient=False).rest(3600)
