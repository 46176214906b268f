import time

from hypothesis import given
from hypothesis import strategies as st

from wardline.findings.alignment import Anchors, certain


def pairs(old: str, new: str) -> dict[int, int]:
    found = certain(len(old), len(new), lambda row, column: float(old[row] == new[column]), margin=0.1)
    return {row: column for row, column, _ in found}


def test_what_stays_keeps_its_order_and_what_is_new_is_nobody():
    assert pairs("abc", "abc") == {0: 0, 1: 1, 2: 2}
    assert pairs("abc", "xabyc") == {0: 1, 1: 2, 2: 4}
    assert pairs("aaa", "aaa") == {0: 0, 1: 1, 2: 2}


def test_which_of_several_equal_ones_went_is_not_guessed():
    assert pairs("aa", "a") == {}
    assert pairs("baab", "bab") == {0: 0, 3: 2}


def test_nothing_is_paired_with_nothing():
    assert pairs("", "abc") == pairs("abc", "") == pairs("ab", "cd") == {}


def test_lines_that_are_known_say_where_the_others_went():
    places = Anchors([(10, 30), (50, 72), (90, 5)])  # the last one went up: it says nothing
    assert places.agree(12, 32)
    assert places.agree(48, 70)
    assert not places.agree(12, 60)
    assert not places.agree(8, 75)
    assert places.gap(old=12) == places.gap(new=32) == 1


def test_a_small_gap_between_known_lines_is_one_place():
    assert Anchors([(10, 10), (20, 22)]).agree(13, 17)
    assert not Anchors([(10, 10), (90, 92)]).agree(33, 57)


def test_hundreds_of_equal_ones_take_no_time():
    started = time.process_time()
    assert len(certain(300, 300, lambda _row, _column: 1.0, margin=0.1)) == 300
    assert certain(300, 299, lambda _row, _column: 1.0, margin=0.1) == []
    assert time.process_time() - started < 5


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), max_size=30), st.integers(0, 70), st.integers(0, 70))
def test_known_lines_agree_only_within_one_gap(known, old, new):
    places = Anchors(known)
    assert not places.agree(old, new) or places.gap(old=old) == places.gap(new=new)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_no_side_is_paired_twice_and_turning_the_question_turns_the_answer(old, new):
    found = pairs(old, new)
    assert len(set(found.values())) == len(found)
    assert {column: row for row, column in found.items()} == pairs(new, old)
