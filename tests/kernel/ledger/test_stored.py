"""What verification reads, on both databases: whole where the ledger is, and as it is where it is not."""

import pytest

from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.ledger import stored
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.model import Entry
from wardline.kernel.ledger.service import Ledger


@pytest.fixture
def tx(database, clock):
    ledger = Ledger(database, clock, Signer.generated())
    for count in (260, 260):
        with database.transaction() as tx:
            entries = [Entry("a:b", f"x{n}", ("y",)) for n in range(count)]
            ledger.record_all(tx, at=clock(), who=PLATFORM, entries=entries)
        ledger.sequence()
    with database.transaction() as tx:
        ledger.record(tx, at=clock(), who=PLATFORM, action="a:b", subject="waiting")
    with database.reading() as tx:
        yield tx


def test_a_whole_ledger_is_read_whole(tx):
    assert stored.head_size(tx) == 521
    assert stored.node_counts(tx) == {8: 2}
    assert stored.withheld(tx, 10) == []
    assert stored.index_without_events(tx, 10) == []
    assert [head.size for head in stored.heads_between(tx, 262, 400)] == [521]
    rows = {row["number"]: row for row in stored.leaves(tx, 260, 2)}
    assert [rows[number]["subject"] for number in (260, 261)] == ["x259", "x0"]
    assert stored.index_of(tx, 261, 1) == {rows[261]["entry"]: {"x0", "y"}}
    assert stored.leaves(tx, 521, 10) == []
