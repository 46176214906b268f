"""Rows of any table under a lease: claimed once, given up when the worker dies, never noted by two."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from wardline.kernel.database.engine import Database
from wardline.kernel.duties import claims
from wardline.kernel.duties.model import LeaseLostError

MESSAGES = Table(
    "messages",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("channel", Text),
    *claims.columns(),
)


@pytest.fixture
def messages(database, clock):
    with database.transaction() as tx:
        MESSAGES.create(tx)
        rows = [{"id": n, "channel": "ab"[n % 2], "due_at": clock() + timedelta(minutes=n)} for n in range(6)]
        tx.execute(insert(MESSAGES), [*rows, {"id": 99, "channel": "a", "due_at": None}])
    return database


@pytest.fixture
def claim(messages, clock):
    def take(limit=10, **how):
        with messages.transaction() as tx:
            return claims.claim(tx, MESSAGES, now=clock(), lease_seconds=60, limit=limit, **how)

    return take


@pytest.fixture
def settle(messages):
    def note(claimed, **changes):
        with messages.transaction() as tx:
            claims.settle(tx, MESSAGES, claimed, **changes)

    return note


def ids(claimed):
    return [claim.row["id"] for claim in claimed]


def test_what_is_due_is_claimed_the_longest_due_first(claim, clock):
    assert ids(claim()) == [0]
    clock.forward(minutes=3)
    assert ids(claim(limit=2)) == [0, 1], "the first lease has ended as well"
    assert ids(claim()) == [2, 3]


def test_what_is_claimed_is_nobody_elses_until_its_lease_ends(claim, clock):
    assert ids(claim()) == [0]
    clock.forward(seconds=59)
    assert claim() == []
    clock.forward(seconds=1)
    assert ids(claim()) == [0, 1]


def test_what_is_settled_is_due_again_when_it_says(claim, settle, clock):
    (first,) = claim()
    settle(first, due_at=clock() + timedelta(hours=1), channel="sent")
    assert claim() == []
    clock.forward(hours=1)
    (again,) = [found for found in claim() if found.row["id"] == 0]
    assert (again.row["channel"], again.fence) == ("sent", 2)
    settle(again, due_at=None)
    clock.forward(days=1)
    assert 0 not in ids(claim())


def test_who_comes_back_late_notes_nothing(claim, settle, clock, messages):
    (late,) = claim()
    clock.forward(seconds=60)
    (taken, _) = claim()
    with pytest.raises(LeaseLostError):
        settle(late, channel="late")
    settle(taken, channel="in time", due_at=None)
    with pytest.raises(LeaseLostError):
        settle(late._replace(fence=late.fence - 1), channel="late")
    with messages.reading() as tx:
        assert tx.scalar(select(MESSAGES.c.channel).where(MESSAGES.c.id == 0)) == "in time"


def test_a_claim_that_was_rolled_back_is_none(messages, claim, clock):
    def cut_off():
        with messages.transaction() as tx:
            claims.claim(tx, MESSAGES, now=clock(), lease_seconds=60, limit=5)
            raise KeyError

    with pytest.raises(KeyError):
        cut_off()
    assert ids(claim()) == [0]


def test_a_lease_from_a_clock_that_was_wrong_does_not_last(claim, clock):
    clock.forward(days=365)
    assert len(claim()) == 6
    clock.forward(days=-365)
    assert ids(claim()) == [0]


def test_only_what_is_asked_for_is_claimed(claim, clock):
    clock.forward(minutes=10)
    assert ids(claim(where=[MESSAGES.c.channel == "b"])) == [1, 3, 5]


def test_two_who_claim_at_once_share_the_rows(messages, database_url, clock):
    clock.forward(minutes=10)
    found = []
    meet = threading.Barrier(2)

    def take():
        own = Database(database_url)
        try:
            meet.wait(5)
            with own.transaction() as tx:
                found.append(ids(claims.claim(tx, MESSAGES, now=clock(), lease_seconds=60, limit=4)))
        finally:
            own.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for part in found for number in part) == [0, 1, 2, 3, 4, 5]


def test_rows_that_another_is_claiming_are_passed_over(messages, clock):
    clock.forward(minutes=10)
    if not messages.postgresql:
        pytest.skip("SQLite lets one write at a time")
    with messages.transaction() as one:
        first = claims.claim(one, MESSAGES, now=clock(), lease_seconds=60, limit=2)
        with messages.transaction() as two:
            second = claims.claim(two, MESSAGES, now=clock(), lease_seconds=60, limit=2)
    assert (ids(first), ids(second)) == ([0, 1], [2, 3])
