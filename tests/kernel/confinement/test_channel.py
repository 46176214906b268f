import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.confinement.channel import Channel


@settings(max_examples=50)
@given(st.lists(st.text(max_size=100), max_size=5))
def test_the_last_note_is_the_one_that_is_read(notes) -> None:
    channel = Channel()
    for note in notes:
        channel.doing(note)
    assert channel.last() == (notes[-1] if notes else "")
    channel.close()


def test_a_name_that_is_not_utf8_stays_that_name() -> None:
    channel = Channel()
    channel.doing(os.fsdecode(b"reading \xff\xfe.lock"))
    assert os.fsencode(channel.last()) == b"reading \xff\xfe.lock"


def test_a_long_note_is_cut() -> None:
    channel = Channel()
    channel.doing("ä" * 10_000)
    assert channel.last().startswith("ä" * 4000)
    assert len(channel.last()) < 5000


def test_a_note_from_another_process_arrives() -> None:
    channel = Channel()
    pid = os.fork()
    if pid == 0:
        channel.doing("from the child")
        os._exit(0)
    os.waitpid(pid, 0)
    assert channel.last() == "from the child"


def test_a_note_that_was_cut_off_by_death_leaves_the_one_before() -> None:
    channel = Channel()
    channel.doing("whole")
    slot = 1 - channel._memory[0]
    channel._memory[1 + slot * 8192 : 1 + slot * 8192 + 6] = b"\xff\xffhalf"
    assert channel.last() == "whole"


@pytest.mark.parametrize("selector", [0, 1, 2, 255])
def test_whatever_stands_in_the_memory_is_read_within_it(selector) -> None:
    channel = Channel()
    channel._memory[:] = b"\xff" * len(channel._memory)
    channel._memory[0] = selector
    assert len(channel.last()) <= 8192
