"""T-61: the server, which holds the ledger's key, shows different ledgers, or cuts, edits or forges one."""

from dataclasses import replace

import pytest
from tests.vault.world import ORIGIN, PATH, World

from wardline.kernel.ledger.keys import Signer as LedgerSigner
from wardline.vault.protocol import heads
from wardline.vault.protocol.errors import ForkError, LedgerError
from wardline.vault.protocol.heads import require_head
from wardline.vault.protocol.keys import SoftwareSigner
from wardline.vault.protocol.model.root import LedgerKey, Witness


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(5):
        world.server.record("receipt", PATH, bytes([number]) * 32)
    return world


def test_an_event_that_was_edited_or_taken_away_is_found_by_who_saw_an_earlier_head(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    agent.read()
    kept = list(world.server.entries)
    for damaged in ([b"{}", *kept[1:]], kept[1:], [kept[1], kept[0], *kept[2:]]):
        world.server.entries = [*damaged, b'{"more":1}']
        with pytest.raises((ForkError, LedgerError)):
            agent.read()
    world.server.entries = kept[:-1]
    with pytest.raises(LedgerError):
        agent.read()


def test_a_fork_between_two_agents_is_found_through_the_custodian_they_share(world: World) -> None:
    """Within one period of freshness: each statement carries a head, and every head must begin with it."""
    left, right = world.agent(), world.agent(pod="pod-2")
    world.one.mint(PATH, {"password": "one"})
    left.read()
    honest = list(world.server.entries)
    world.server.entries = [b'{"hidden":1}', *honest[1:]]
    with pytest.raises(ForkError):  # even to an agent that never saw another head
        right.read()
    with pytest.raises(ForkError):  # and the custodian signs nothing over it
        world.one.state()


def test_a_head_by_another_key_origin_or_for_another_root_is_none(world: World) -> None:
    note = world.server.head()
    assert require_head(note, world.root).size == 5
    other = replace(world.root, ledgers=(LedgerKey(ORIGIN, LedgerSigner.generated().public),))
    renamed = replace(world.root, ledgers=(LedgerKey("wardline/other", world.server.ledger.public),))
    for root in (other, renamed, replace(world.root, ledgers=())):
        with pytest.raises(LedgerError):
            require_head(note, root)


def test_a_head_that_was_edited_is_none(world: World) -> None:
    note = world.server.head()
    lines = note.split(b"\n")
    bad = [
        note.replace(b"\n5\n", b"\n6\n"),
        note.replace(b"\n5\n", b"\n05\n"),
        note.replace(b"\n5\n", b"\n" + b"9" * 16 + b"\n"),
        note.replace(b"\n\n", b"\n"),
        note[:-1],
        note.replace("—".encode(), b"--"),
        b"\n".join([*lines[:-2], lines[-2][:-8], b""]),
        b"\xff" + note,
        note * 500,
        b"",
    ]
    for one in bad:
        with pytest.raises(LedgerError):
            require_head(one, world.root)


def test_a_root_that_wants_witnesses_takes_no_head_without_them(world: World) -> None:
    witness, other = SoftwareSigner(b"w" * 32), SoftwareSigner(b"o" * 32)
    root = replace(world.root, witnesses=(Witness("watch", witness.public),), witness_threshold=1)
    note = world.server.head()
    body = note.partition(b"\n\n")[0] + b"\n"

    def cosigned(by: SoftwareSigner, name: str = "watch", at: int = 1_772_442_000, over: bytes = body) -> bytes:
        signature = by.sign(heads.cosignature_text(over, at))
        return note + heads.note_line(name, by.public, signature, at=at).encode()

    assert require_head(cosigned(witness), root).size == 5
    for one in (note, cosigned(other), cosigned(witness, "other"), cosigned(witness, over=b"another\n1\n")):
        with pytest.raises(LedgerError, match="witness"):
            require_head(one, root)


def test_another_ledger_is_a_fork(world: World) -> None:
    agent = world.agent()
    world.one.mint(PATH, {"password": "one"})
    agent.read()
    agent.floors = replace(agent.floors, origin="wardline/first")
    with pytest.raises(ForkError):
        agent.read()


def test_two_heads_of_one_size_are_a_fork(world: World) -> None:
    first = require_head(world.server.head(), world.root)
    world.server.entries[0] = b"{}"
    with pytest.raises(ForkError, match="two heads"):
        heads.require_prefix(first.seen, require_head(world.server.head(), world.root), ())
