"""What strangers wrote is made printable before it is kept."""

import pytest
from tests.conftest import Clock

from wardline.kernel.database.engine import Database
from wardline.kernel.notices import outbox, store
from wardline.kernel.notices.model import Recipient, Row
from wardline.kernel.paging import Page

ADA = Recipient("acc-ada", "Ada\r\nBcc: all@example.org", "ada@example.org")


def test_a_subject_is_one_line_and_nothing_in_it_is_hidden(lite: Database, clock: Clock) -> None:
    with lite.transaction() as tx:
        outbox.post(
            tx, at=clock(), kind="t", to=ADA, subject="one\r\nTo: x@example.org\u202e" + "y" * 500,
            text="first\r\nsecond\x1b[31m\n\n\x00third", link="", dedupe="d", rows=[Row("a\nb", "c" * 5000)],
        )  # fmt: skip
        (one,) = store.listed(tx, Page(), recipient=None, state=None).rows
    assert one.subject.startswith("one To: x@example.org\\u202eyyy")
    assert len(one.subject) <= 200
    assert one.text == "first\nsecond\\x1b[31m\n\n\\x00third"
    assert one.recipient_name == "Ada Bcc: all@example.org"
    assert one.rows[0].title == "a b"
    assert len(one.rows[0].place) == 300


def test_more_rows_than_anybody_reads_become_a_number(lite: Database, clock: Clock) -> None:
    with lite.transaction() as tx:
        rows = [Row(str(number)) for number in range(1000)]
        outbox.post(tx, at=clock(), kind="t", to=ADA, subject="s", text="", link="", dedupe="d", rows=rows)
        (one,) = store.listed(tx, Page(), recipient=None, state=None).rows
    assert (len(one.rows), one.more) == (25, 975)


def test_a_link_leads_to_us(lite: Database, clock: Clock) -> None:
    with lite.transaction() as tx, pytest.raises(ValueError, match="elsewhere"):
        outbox.post(
            tx, at=clock(), kind="t", to=ADA, subject="s", text="", link="https://elsewhere.example", dedupe="d"
        )
