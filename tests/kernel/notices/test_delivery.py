"""Sending what was posted: at least once, quietly, and nothing is lost or sent for ever."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.conftest import Clock
from tests.findings.waivers.world import OneTurn

from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import LeaseLostError
from wardline.kernel.notices import outbox, store
from wardline.kernel.notices.delivery import Courier
from wardline.kernel.notices.model import Later, Message, Outcome, Recipient, Refused, Sent
from wardline.kernel.paging import Page

ADA = Recipient("acc-ada", "Ada", "ada@example.org")
BO = Recipient("acc-bo", "Bo", "bo@example.org")
TEAM = Recipient("tea-orders", "Orders", "orders@example.org", "#orders")


class Channel:
    """A channel that answers as it is told to, and remembers."""

    def __init__(self, name: str, answer: Callable[[Message], Outcome] = lambda _: Sent("ok")) -> None:
        self.name = name
        self.max_sections = {"email": 3, "slack": 2}[name]
        self.answer = answer
        self.messages: list[Message] = []
        self.why_off = ""

    def off(self) -> str:
        return self.why_off

    def send(self, message: Message) -> Outcome:
        self.messages.append(message)
        return self.answer(message)


class Post:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.email, self.slack = Channel("email"), Channel("slack")
        self.courier = Courier({"email": self.email, "slack": self.slack}, "https://wardline.example")  # type: ignore[dict-item]

    def post(self, to: Recipient = ADA, subject: str = "It burns", **parts) -> str | None:
        values = {"text": "Put it out.", "link": "/findings/fnd-1", "dedupe": subject, **parts}
        with self.database.transaction() as tx:
            return outbox.post(tx, at=self.clock(), kind="test", to=to, subject=subject, **values)

    def run(self, fence: int = 1) -> str:
        return self.courier.run(OneTurn(self.database, self.clock, fence))

    def states(self) -> list[tuple[str, str, int]]:
        with self.database.reading() as tx:
            columns = (store.DELIVERIES.c.channel, store.DELIVERIES.c.state, store.DELIVERIES.c.attempts)
            return sorted(tuple(row) for row in tx.execute(select(*columns)))


@pytest.fixture
def box(database: Database, clock: Clock) -> Post:
    return Post(database, clock)


@pytest.fixture
def small(lite: Database, clock: Clock) -> Post:
    return Post(lite, clock)


def test_a_notice_is_sent_once_by_each_channel_that_reaches(box: Post) -> None:
    box.post(TEAM)
    assert box.run() == "2 sent"
    assert box.run() == ""
    (mail,), (chat,) = box.email.messages, box.slack.messages
    assert (mail.address, chat.address) == ("orders@example.org", "#orders")
    assert mail.sections[0].link == "https://wardline.example/findings/fnd-1"
    assert box.states() == [("email", "sent", 1), ("slack", "sent", 1)]


def test_the_same_again_is_not_posted_again(box: Post) -> None:
    assert box.post(ADA, dedupe="once") is not None
    assert box.post(ADA, dedupe="once") is None
    assert box.post(BO, dedupe="once") is not None
    assert box.run() == "2 sent"


def test_what_is_rolled_back_was_never_posted(box: Post) -> None:
    class Changed(Exception):  # noqa: N818 - it is not an error of ours
        pass

    def fails() -> None:
        with box.database.transaction() as tx:
            outbox.post(tx, at=box.clock(), kind="t", to=ADA, subject="s", text="", link="", dedupe="d")
            raise Changed

    with pytest.raises(Changed):
        fails()
    assert box.run() == ""


def test_what_is_due_together_is_one_message(box: Post) -> None:
    for number in range(5):
        box.post(ADA, f"Fire {number}")
        box.clock.forward(seconds=1)
    box.post(BO, "Fire for Bo")
    assert box.run() == "3 sent"
    subjects = [[section.subject for section in message.sections] for message in box.email.messages]
    assert sorted(map(len, subjects)) == [1, 2, 3]
    assert sorted(one for some in subjects for one in some) == [
        "Fire 0",
        "Fire 1",
        "Fire 2",
        "Fire 3",
        "Fire 4",
        "Fire for Bo",
    ]


def test_a_failure_is_tried_again_with_the_same_key_after_a_longer_pause_each_time(box: Post) -> None:
    box.email.answer = lambda _: Later("busy")
    box.post()
    tried = []
    for seconds in range(0, 465, 15):
        if box.run():
            tried.append(seconds)
        box.clock.forward(seconds=15)
    assert tried == [0, 30, 90, 210, 450]
    assert len({message.key for message in box.email.messages}) == 1


def test_a_channel_that_asks_for_a_pause_gets_it_and_the_others_go_on(box: Post) -> None:
    box.slack.answer = lambda _: Later("429", 120)
    for number in range(4):
        box.post(Recipient(f"tea-{number}", "T", f"t{number}@example.org", f"#t{number}"))
    assert box.run() == "4 sent, 1 put off"
    assert len(box.slack.messages) == 1
    box.clock.forward(seconds=119)
    box.slack.answer = lambda _: Sent("ok")
    assert box.run() == "3 sent"
    box.clock.forward(seconds=1)
    assert box.run() == "1 sent"


def test_poison_is_parked_alone_and_its_neighbours_arrive(box: Post) -> None:
    box.email.answer = lambda message: (
        Refused("no such word") if any("poison" in one.subject for one in message.sections) else Sent("ok")
    )
    for subject in ("fine", "poison", "fine too"):
        box.post(ADA, subject)
    box.run()
    assert box.states() == [("email", "parked", 2), ("email", "sent", 2), ("email", "sent", 2)]
    with box.database.reading() as tx:
        listed = store.listed(tx, Page(), recipient=None, state="parked").rows
    assert [(one.subject, one.deliveries[0].said) for one in listed] == [("poison", "no such word")]


def test_what_never_works_is_parked_after_three_days_and_can_be_sent_again(box: Post) -> None:
    box.email.answer = lambda _: Later("down")
    notice = box.post()
    for _ in range(80):
        box.run()
        box.clock.forward(hours=1)
    assert box.states()[0][1] == "parked"
    tried = len(box.email.messages)
    assert tried < 40
    box.email.answer = lambda _: Sent("ok")
    with box.database.transaction() as tx:
        assert store.again(tx, notice or "", box.clock()) == 1
    assert box.run() == "1 sent"


def test_a_channel_that_is_off_loses_nothing(small: Post) -> None:
    small.email.why_off = "smtp is not set"
    small.post()
    assert small.run() == "1 not sent"
    assert small.email.messages == []
    assert small.states() == [("email", "not sent", 1)]


def test_nobody_to_reach_is_still_a_notice(small: Post) -> None:
    small.post(Recipient("acc-x", "X"))
    assert small.run() == ""
    with small.database.reading() as tx:
        (one,) = store.listed(tx, Page(), recipient="acc-x", state=None).rows
    assert (one.subject, one.deliveries) == ("It burns", ())


def test_a_node_that_dies_after_sending_sends_the_same_message_again(small: Post) -> None:
    small.post()
    turn = OneTurn(small.database, small.clock)
    calls = 0
    whole = turn.transaction

    class Died(Exception):  # noqa: N818 - it is not an error of ours
        pass

    @contextmanager
    def dies():
        nonlocal calls
        calls += 1
        if calls == 2:  # claimed, sent, and not written down
            raise Died
        with whole() as tx:
            yield tx

    turn.transaction = dies  # type: ignore[method-assign]
    with pytest.raises(Died):
        small.courier.run(turn)
    assert small.run(fence=2) == ""  # the claim still stands
    small.clock.forward(seconds=121)
    assert small.run(fence=2) == "1 sent"
    first, second = small.email.messages
    assert (first.key, first.sections) == (second.key, second.sections)


def test_a_node_that_comes_back_late_writes_nothing_down(small: Post) -> None:
    small.post()

    def overtaken(_message: Message) -> Outcome:
        small.clock.forward(seconds=121)
        small.email.answer = lambda _: Sent("the second")
        assert small.run(fence=2) == "1 sent"
        return Later("the first was slow")

    small.email.answer = overtaken
    with pytest.raises(LeaseLostError):
        small.run(fence=1)
    assert small.states() == [("email", "sent", 1)]


def test_old_notices_are_forgotten_and_waiting_ones_never(small: Post) -> None:
    small.post(ADA, "old")
    small.run()
    small.email.answer = lambda _: Later("down")
    small.post(BO, "waits")
    small.clock.forward(days=200)
    with small.database.transaction() as tx:
        assert store.prune(tx, small.clock() - timedelta(days=180)) == 1
    with small.database.reading() as tx:
        assert [one.subject for one in store.listed(tx, Page(), recipient=None, state=None).rows] == ["waits"]


def test_a_node_that_stops_sends_no_more(small: Post) -> None:
    small.post()
    turn = OneTurn(small.database, small.clock)
    turn.stopping = True
    assert small.courier.run(turn) == ""
    assert small.email.messages == []


def test_a_list_is_cut_into_pieces(small: Post) -> None:
    for number in range(5):
        small.post(ADA, f"Fire {number}")
        small.clock.forward(seconds=1)
    seen: list[str] = []
    cursor = None
    for _ in range(9):
        with small.database.reading() as tx:
            piece = store.listed(tx, Page(2, cursor), recipient=None, state=None)
        seen += [one.subject for one in piece.rows]
        cursor = piece.next_cursor
        if cursor is None:
            break
    assert seen == [f"Fire {number}" for number in (4, 3, 2, 1, 0)]
