"""What is new, gone or elsewhere, where there is more of it than one piece or than can be told apart."""

from datetime import timedelta

import pytest
from tests.findings.world import World, finding

from wardline.findings import receiving, settling

CONTEXT = ("def pay(order):", "    db.execute('select ' + order.id)", "    return order")


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "PIECE", 3)
    monkeypatch.setattr(settling, "PIECE", 3)


def test_what_is_gone_is_fixed_a_piece_at_a_time_and_nothing_else(platform: World, pieces: None):
    platform.send(*(finding(number) for number in range(11)))
    platform.send(*(finding(number) for number in (0, 5)), source="semgrep")
    platform.clock.forward(days=1)
    gaps = ({"practice": "code", "scope": "src/part7.py"},)
    receipt = platform.send(finding(3), finding(20), gaps=gaps)
    assert (receipt.fixed, receipt.opened, receipt.seen) == (7, 1, 1)  # 0 and 5 are seen by another, 7 is in a gap
    still = {one.file_number for one in map(_Named, platform.all()) if one.open}
    assert still == {0, 3, 5, 7, 20}


class _Named:
    def __init__(self, one) -> None:
        self.open = one.open
        self.file_number = int(one.title.rpartition(" ")[2])


def test_moves_are_told_where_old_and_new_are_in_different_pieces(platform: World, pieces: None):
    old = finding(99, context=CONTEXT, file="src/pay.py")
    platform.send(*(finding(number) for number in range(8)), old)
    platform.clock.forward(days=1)
    moved = finding("m", context=CONTEXT, file="src/moved/pay.py", title=old.title)
    receipt = platform.send(*(finding(number) for number in range(8)), moved)
    assert (receipt.moved, receipt.opened, receipt.fixed) == (1, 0, 0)


def test_what_is_open_moves_to_where_another_one_ended_and_that_one_stays_ended(platform: World):
    there = finding("there", context=CONTEXT, file="tests/test_pay.py", line=3)
    elsewhere = finding("elsewhere", context=CONTEXT, file="pay/testsuite/pay.py", line=3)
    for report in ((there,), (finding(1),), (finding(1), elsewhere)):
        platform.send(*report)
        platform.clock.forward(days=1)
    receipt = platform.send(finding(1), there)
    assert (receipt.moved, receipt.reopened, receipt.opened, receipt.fixed) == (1, 0, 0, 0)
    assert sorted(one.open for one in platform.all()) == [False, True, True]
    platform.clock.forward(days=1)
    assert platform.send(finding(1)).fixed == 1
    platform.clock.forward(days=1)
    assert platform.send(finding(1), there).reopened == 1  # it is one finding that answers to the name


def test_what_ended_comes_back_where_nothing_that_was_open_has_its_text(platform: World, pieces: None):
    there = finding("there", context=CONTEXT, file="tests/test_pay.py", line=3)
    alike = finding("alike", context=(*CONTEXT[:2], "    return other"), file="tests/test_pay.py", line=4)
    for report in ((there,), (finding(1),), (finding(1), alike)):
        platform.send(*report)
        platform.clock.forward(days=1)
    receipt = platform.send(*(finding(number) for number in range(1, 8)), there)
    assert (receipt.moved, receipt.reopened, receipt.opened, receipt.fixed) == (0, 1, 6, 1)


@pytest.mark.parametrize("bound", ["MOST", "MOST_CHARS"])
def test_where_more_is_gone_than_can_be_told_apart_it_is_fixed_and_the_new_opens(small: World, monkeypatch, bound: str):
    monkeypatch.setattr(settling, bound, 3)
    small.send(*(finding(number, context=CONTEXT) for number in range(5)))
    small.clock.forward(days=1)
    receipt = small.send(finding("m", context=CONTEXT, file="src/part1.py"))
    assert (receipt.moved, receipt.opened, receipt.fixed) == (0, 1, 5)


def test_a_source_that_speaks_for_nobody_any_more_is_replaced_also_among_many(platform: World, pieces: None):
    platform.send(*(finding(number) for number in range(5)), source="bandit")
    platform.send(*(finding(number, severity="critical") for number in range(5)), source="semgrep")
    assert {one.severity for one in platform.all()} == {"medium"}
    platform.clock.forward(days=1)
    platform.send(finding(4), source="bandit")
    receipt = platform.send(
        *(finding(number, severity="critical") for number in range(5)), source="semgrep", at=platform.clock()
    )
    assert receipt.seen == 5
    assert [one.severity for one in platform.all()] == ["critical"] * 4 + ["medium"]
    assert all(one.due_at == platform.clock() - timedelta(days=1) + timedelta(days=7) for one in platform.all())


def test_heavy_findings_come_in_smaller_pieces(small: World, monkeypatch):
    monkeypatch.setattr(receiving, "PIECE_CHARS", 30_000)
    heavy = [finding(number, message="x" * 20_000) for number in range(7)]
    assert [len(piece) for piece in receiving._pieces(heavy, receiving.weight)] == [2, 2, 2, 1]
    assert small.send(*heavy).opened == 7
