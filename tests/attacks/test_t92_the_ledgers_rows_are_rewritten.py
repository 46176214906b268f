"""T-92: rows of the ledger are edited, cut or made anew with the server's own key, past every trigger."""

import pytest
from sqlalchemy import delete, select, update
from tests.attacks.rows import unprotected
from tests.vault.server.conftest import OPERATOR, Running

from wardline.kernel.errors import WardlineError
from wardline.kernel.ledger import sequencing
from wardline.kernel.ledger.keys import read_note
from wardline.kernel.ledger.store import ABOUT, EVENTS, HEADS, LEAVES, NODES, PENDING
from wardline.kernel.ledger.verification import verify
from wardline.vault.protocol.errors import ForkError, LedgerError


def handed_out(running: Running, database) -> int:
    with database.reading() as tx:
        entry = tx.scalar(select(EVENTS.c.entry).where(EVENTS.c.action == "vault:handed-out").limit(1))
    assert entry is not None
    return int(entry)


@pytest.fixture
def seen(running: Running):
    """An agent that has read once, and the note of a head that somebody kept."""
    agent = running.agent()
    running.minted(running.world.one, {"password": "one"})
    running.read(agent)
    while running.ledger.sequence():
        pass
    return agent, running.ledger.note(OPERATOR)


def test_an_edited_event_is_found(running: Running, database, seen) -> None:
    assert verify(database).ok
    with database.transaction() as tx:
        unprotected(tx)
        tx.execute(update(EVENTS).where(EVENTS.c.entry == handed_out(running, database)).values(actor_name="nobody"))
    found = verify(database)
    assert not found.ok
    assert found.problems


def test_an_event_that_is_taken_out_is_found(running: Running, database, seen) -> None:
    entry = handed_out(running, database)
    with database.transaction() as tx:
        unprotected(tx)
        for table in (LEAVES, ABOUT, EVENTS):
            tx.execute(delete(table).where(table.c.entry == entry))
    assert not verify(database).ok


def test_a_ledger_that_was_cut_is_found_by_who_kept_a_head_and_by_the_agent(running: Running, database, seen) -> None:
    """Cut cleanly, back to an earlier signed head: whole in itself, and shorter than what was seen."""
    agent, note = seen
    with database.transaction() as tx:
        unprotected(tx)
        cut = max(one for one in tx.scalars(select(HEADS.c.size)) if one < agent.floors.head_size)
        gone = list(tx.scalars(select(LEAVES.c.entry).where(LEAVES.c.number >= cut)))
        tx.execute(delete(HEADS).where(HEADS.c.size > cut))
        tx.execute(delete(LEAVES).where(LEAVES.c.number >= cut))
        for table in (ABOUT, EVENTS):
            tx.execute(delete(table).where(table.c.entry.in_(gone)))
        for row in list(tx.execute(select(NODES))):
            if (row.position + 1) << row.level > cut:
                tx.execute(delete(NODES).where(NODES.c.level == row.level, NODES.c.position == row.position))
    assert not verify(database, kept=[read_note(note)]).ok
    with pytest.raises(WardlineError):
        running.read(agent)


def test_a_ledger_that_was_made_anew_and_signed_is_refused_by_who_saw_the_other(
    running: Running,
    database,
    seen,
) -> None:
    """The server's key signs whatever it likes: the past is built again without one event, every hash in its place."""
    agent, note = seen
    entry = handed_out(running, database)
    with database.transaction() as tx:
        unprotected(tx)
        for table in (HEADS, LEAVES, NODES):
            tx.execute(delete(table))
        for table in (ABOUT, EVENTS):
            tx.execute(delete(table).where(table.c.entry == entry))
        tx.execute(delete(PENDING))
        for one in list(tx.scalars(select(EVENTS.c.entry).order_by(EVENTS.c.entry))):
            tx.execute(PENDING.insert().values(entry=one))
    signer = running.ledger._signer
    with database.transaction() as tx:
        made = sequencing.step(tx, running.world.wall, signer)
    assert made.head is not None
    assert not verify(database, kept=[read_note(note)]).ok
    with pytest.raises((ForkError, LedgerError)):
        running.read(agent)
