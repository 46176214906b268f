"""What is asked twice under one key is done once, on SQLite and on PostgreSQL, whatever dies in between."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from wardline.kernel.errors import ConflictError
from wardline.kernel.idempotency import store
from wardline.kernel.idempotency.model import Claim, InProgressError, Kept, KeyMismatchError
from wardline.kernel.idempotency.service import LASTS, LEASE, Idempotency
from wardline.kernel.idempotency.store import KEPT

ANSWER = Kept(201, {"location": "/somewhere"}, b"{}")


@pytest.fixture
def idempotency(database, clock):
    return Idempotency(database, clock)


def claimed(idempotency, key="k", digest=b"d", account="acc-1"):
    claim = idempotency.claim(account, key, digest)
    assert isinstance(claim, Claim)
    return claim


def kept_keys(database):
    with database.reading() as tx:
        return {row.key for row in tx.execute(select(KEPT)) if row.status is not None}


def test_the_second_time_the_first_answer_is_given(idempotency) -> None:
    with idempotency.once(claimed(idempotency)) as keep:
        keep(ANSWER)
    assert idempotency.claim("acc-1", "k", b"d") == ANSWER


def test_a_key_of_another_account_is_another_key(idempotency) -> None:
    with idempotency.once(claimed(idempotency)) as keep:
        keep(ANSWER)
    assert isinstance(idempotency.claim("acc-2", "k", b"other"), Claim)


def test_another_request_under_the_same_key_is_refused(idempotency) -> None:
    claimed(idempotency)
    with pytest.raises(KeyMismatchError):
        idempotency.claim("acc-1", "k", b"another")


def test_while_one_works_on_it_another_is_told_to_wait(idempotency) -> None:
    claimed(idempotency)
    with pytest.raises(InProgressError):
        idempotency.claim("acc-1", "k", b"d")


def effect(tx, clock, key: str) -> None:
    """Change something, as a use case would."""
    at = clock()
    tx.execute(
        KEPT.insert().values(account="x", key=key, digest=b"", fence=1, lease_until=at, expires_at=at + LASTS, status=1)
    )


def failing_step(database, clock) -> None:
    with database.transaction() as tx:
        effect(tx, clock, "undone")
        raise RuntimeError


def failing_request(idempotency, database, clock) -> None:
    with idempotency.once(claimed(idempotency)) as keep:
        with database.transaction() as tx:
            effect(tx, clock, "effect")
        keep(ANSWER)
        raise RuntimeError


def test_what_raised_leaves_nothing_and_may_be_asked_again(idempotency, database, clock) -> None:
    with pytest.raises(RuntimeError):
        failing_request(idempotency, database, clock)
    assert kept_keys(database) == set()
    assert claimed(idempotency).fence == 1


def test_whoever_died_is_taken_over_when_its_lease_ends_and_can_keep_nothing_afterwards(idempotency, clock) -> None:
    dead = claimed(idempotency)
    clock.forward(seconds=LEASE.total_seconds() + 1)
    heir = claimed(idempotency)
    assert heir.fence == dead.fence + 1
    with pytest.raises(ConflictError), idempotency.once(dead) as keep:
        keep(ANSWER)
    with idempotency.once(heir) as keep:
        keep(ANSWER)
    assert idempotency.claim("acc-1", "k", b"d") == ANSWER


def test_an_answer_is_forgotten_after_a_day(idempotency, clock, database) -> None:
    with idempotency.once(claimed(idempotency)) as keep:
        keep(ANSWER)
    clock.forward(seconds=LASTS.total_seconds() + 1)
    assert isinstance(idempotency.claim("acc-1", "k", b"another"), Claim)
    claimed(idempotency, key="other")
    assert kept_keys(database) == set()


def test_of_many_at_once_one_gets_the_claim(idempotency) -> None:
    got: list[object] = []

    def ask() -> None:
        try:
            got.append(idempotency.claim("acc-1", "k", b"d"))
        except InProgressError as error:
            got.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Claim) for one in got) == 1
    assert len(got) == 6


def test_a_failed_step_inside_is_undone_alone(idempotency, database, clock) -> None:
    """A use case that catches its own error goes on, as it would without the transaction around it."""
    with idempotency.once(claimed(idempotency)) as keep:
        with pytest.raises(RuntimeError):
            failing_step(database, clock)
        with database.transaction() as tx:
            effect(tx, clock, "done")
        with database.reading() as tx:
            assert tx.execute(select(KEPT).where(KEPT.c.key == "done")).one().status == 1
        keep(ANSWER)
    assert kept_keys(database) == {"k", "done"}


def test_alone_with_a_name_others_wait(idempotency) -> None:
    inside = threading.Event()
    order: list[str] = []

    def second() -> None:
        inside.wait(5)
        with idempotency.alone("policy"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with idempotency.alone("policy"):
        inside.set()
        thread.join(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_a_claim_that_is_worked_on_does_not_end_and_a_dead_ones_does(idempotency, clock, monkeypatch) -> None:
    mine, renewed = claimed(idempotency), threading.Event()
    prolonged = store.prolonged

    def watched(*arguments) -> bool:
        found = prolonged(*arguments)
        renewed.set()
        return found

    monkeypatch.setattr(store, "prolonged", watched)
    with idempotency.renewed(mine, timedelta(seconds=0.3)):
        clock.forward(seconds=LEASE.total_seconds())  # the first lease is over, and was renewed before that
        assert renewed.wait(10)
        assert idempotency.claim("acc-1", "other", b"d").fence == 1
        renewed.clear()
        assert renewed.wait(10)
        with pytest.raises(InProgressError):
            claimed(idempotency)
    clock.forward(seconds=1)
    assert claimed(idempotency).fence == mine.fence + 1


def test_a_clock_that_was_set_back_keeps_no_key_from_anybody(idempotency, clock) -> None:
    clock.forward(days=3)
    dead = claimed(idempotency)
    clock.forward(days=-3)
    assert claimed(idempotency).fence == dead.fence + 1
