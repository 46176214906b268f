import os
import signal

import pytest

from wardline.check.exposure.workers import Died, processors, spread

CHUNKS = [[0, 1, 2], [3], [4, 5]]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_unit_is_done_once(workers):
    done = dict(spread(CHUNKS, lambda unit: unit * 10, workers=workers))
    assert done == {0: 0, 1: 10, 2: 20, 3: 30, 4: 40, 5: 50}


def test_a_unit_that_kills_its_worker_is_the_only_one_lost():
    def work(unit):
        if unit == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if unit == 4:
            raise RuntimeError
        return unit

    done = dict(spread(CHUNKS, work, workers=2))
    assert isinstance(done.pop(1), Died)
    assert isinstance(done.pop(4), Died)
    assert done == {0: 0, 2: 2, 3: 3, 5: 5}


def test_where_all_die_there_is_an_end():
    def work(_unit):
        os._exit(3)

    done = dict(spread([[number] for number in range(40)], work, workers=2))
    assert len(done) == 40
    assert {type(result) for result in done.values()} == {Died}


def test_answers_larger_than_a_pipe_arrive():
    done = dict(spread([[0], [1]], lambda unit: "x" * 300_000, workers=2))
    assert [len(result) for result in done.values()] == [300_000, 300_000]


def test_with_one_worker_an_error_is_raised():
    def work(_unit):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        list(spread([[0]], work, workers=1))


def test_there_is_a_processor():
    assert processors() >= 1
