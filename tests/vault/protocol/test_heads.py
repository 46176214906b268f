"""Heads of the ledger: who signed them, what they begin with, and what stands under them."""

from dataclasses import replace

import orjson
import pytest
from tests.vault.protocol.documents import filled, signer
from tests.vault.protocol.refusing import refused
from tests.vault.world import ORIGIN, PATH, World

from wardline.kernel import merkle
from wardline.vault.protocol import heads
from wardline.vault.protocol.heads import Head
from wardline.vault.protocol.model.root import LedgerKey, Root, Witness
from wardline.vault.protocol.model.statement import HeadSeen

DIGEST = filled("document")


@pytest.fixture(scope="module")
def world() -> World:
    made = World()
    for number in range(7):
        made.server.record("version", PATH, filled(f"version {number}"))
    made.server.record("version", PATH, DIGEST)
    return made


def body(note: bytes) -> bytes:
    return note.partition(b"\n\n")[0] + b"\n"


def watched(root: Root, *names: str, threshold: int = 1) -> Root:
    return replace(
        root,
        witnesses=tuple(Witness(name, signer(name).public) for name in names),
        witness_threshold=threshold,
    )


def cosigned(note: bytes, name: str, *, key: str = "", seconds: int = 1_772_442_000, over: bytes = b"") -> bytes:
    signature = signer(key or name).sign(heads.cosignature_text(over or body(note), seconds))
    return note + heads.note_line(name, signer(key or name).public, signature, at=seconds).encode()


def test_a_head_is_what_the_ledger_signed(world: World) -> None:
    head = heads.require_head(world.server.head(), world.root)
    assert (head.origin, head.size) == (ORIGIN, 8)
    assert head.seen == HeadSeen(8, merkle.root(merkle.leaf_hash(one) for one in world.server.entries))


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n\n",
        b"wardline/test\n08\n",
        b"wardline/test\n8\nAAAA\n\n",
        b"\xff\n\n\n",
        b"wardline/test\n8\n" + b"A" * 43 + b"=\n\n\xff\n",
        b"a+b\n8\n" + b"A" * 43 + b"=\n\n",
    ],
)
def test_what_is_no_note_is_no_head(world: World, note: bytes) -> None:
    with refused("vault-ledger", "no signed head"):
        heads.require_head(note, world.root)


def test_a_note_is_bounded_and_ends_with_a_line(world: World) -> None:
    note = world.server.head()
    line = "— another/log AAAA\n".encode()
    assert heads.require_head(note + line * 31, world.root).size == 8
    for wrong in (note + line * 32, note + b"x" * (16 * 1024) + b"\n", note[:-1]):
        with refused("vault-ledger", "no signed head"):
            heads.require_head(wrong, world.root)


@pytest.mark.parametrize("change", [(b"\n8\n", b"\n9\n"), (b"wardline/test\n8", b"wardline/other\n8")])
def test_a_head_that_was_changed_is_not_signed(world: World, change: tuple[bytes, bytes]) -> None:
    with refused("vault-ledger", "not signed by a ledger that the root names"):
        heads.require_head(world.server.head().replace(*change, 1), world.root)


def test_only_ledgers_of_the_root_sign_heads(world: World) -> None:
    for ledgers in (
        (),
        (LedgerKey(ORIGIN, signer("another").public),),
        (LedgerKey("a/b", world.server.ledger.public),),
    ):
        with refused("vault-ledger", "not signed by a ledger that the root names"):
            heads.require_head(world.server.head(), replace(world.root, ledgers=ledgers))


def test_a_size_beyond_whole_numbers_is_refused_even_if_signed(world: World) -> None:
    text = f"{ORIGIN}\n9007199254740992\n{'A' * 43}=\n".encode()
    mine = signer("ledger")
    root = replace(world.root, ledgers=(LedgerKey(ORIGIN, mine.public),))
    note = text + b"\n" + heads.note_line(ORIGIN, mine.public, mine.sign(text)).encode()
    with refused("vault-ledger", "not signed"):
        heads.require_head(note, root)
    text = text.replace(b"9007199254740992", b"9007199254740991")
    note = text + b"\n" + heads.note_line(ORIGIN, mine.public, mine.sign(text)).encode()
    assert heads.require_head(note, root).size == 2**53 - 1


def test_as_many_witnesses_as_the_root_wants_cosign(world: World) -> None:
    note = world.server.head()
    root = watched(world.root, "a.example", "b.example", threshold=2)
    both = cosigned(cosigned(note, "a.example"), "b.example")
    assert heads.require_head(both, root).size == 8
    for found, one in (
        (0, note),
        (1, cosigned(note, "a.example")),
        (1, cosigned(cosigned(note, "a.example"), "a.example")),
    ):
        with refused("vault-ledger", f"{found} of the 2 witnesses"):
            heads.require_head(one, root)


def test_a_cosignature_is_by_the_witness_over_this_head_and_its_time(world: World) -> None:
    note, root = world.server.head(), watched(world.root, "a.example")
    line = cosigned(note, "a.example")[len(note) :]
    plain = heads.note_line("a.example", signer("a.example").public, signer("a.example").sign(body(note))).encode()
    wrong = [
        cosigned(note, "a.example", key="b.example"),
        cosigned(note, "a.example", over=body(note).replace(b"\n8\n", b"\n9\n")),
        cosigned(note, "b.example", key="a.example"),
        note + plain,
        note + line.replace(b"a.example", b"b.example"),
    ]
    for one in wrong:
        with refused("vault-ledger", "0 of the 1 witnesses"):
            heads.require_head(one, root)


def test_a_head_begins_with_what_was_seen(world: World) -> None:
    server = world.server
    head = heads.require_head(server.head(), world.root)
    for size in range(1, 9):
        seen = heads.require_head(server.head(size), world.root).seen
        heads.require_prefix(seen, head, server.consistency(size, 8))
    heads.require_prefix(HeadSeen(0, merkle.EMPTY_ROOT), head, ())
    assert head.size == 8


def test_a_smaller_head_is_no_contradiction_and_is_refused(world: World) -> None:
    seen = heads.require_head(world.server.head(), world.root).seen
    with refused("vault-ledger", "over 5 entries, and one over 8 was seen"):
        heads.require_prefix(seen, heads.require_head(world.server.head(5), world.root), ())


def test_a_head_that_does_not_begin_with_what_was_seen_is_a_fork(world: World) -> None:
    head = heads.require_head(world.server.head(), world.root)
    with refused("vault-ledger-fork", "two heads over 8 entries"):
        heads.require_prefix(HeadSeen(8, filled("another")), head, ())
    with refused("vault-ledger-fork", "over 8 entries does not begin with the one over 5"):
        heads.require_prefix(HeadSeen(5, filled("another")), head, world.server.consistency(5, 8))


def test_a_document_stands_under_a_head(world: World) -> None:
    server, head = world.server, heads.require_head(world.server.head(), world.root)
    leaf = server.leaf("version", PATH, DIGEST)
    heads.require_leaf(leaf, head, "version", PATH, DIGEST)
    assert leaf.number == 7
    for kind, path, digest in (("grant", PATH, DIGEST), ("version", "other", DIGEST), ("version", PATH, filled("x"))):
        with refused("vault-ledger", f"not that of this {kind}"):
            heads.require_leaf(leaf, head, kind, path, digest)
    forged = orjson.dumps({**orjson.loads(leaf.entry), "n": 99})
    for wrong in (replace(leaf, number=6), replace(leaf, proof=()), replace(leaf, entry=forged)):
        with refused("vault-ledger", "does not stand under the head"):
            heads.require_leaf(wrong, head, "version", PATH, DIGEST)
    with refused("vault-ledger", "does not stand under the head"):
        heads.require_leaf(leaf, Head(ORIGIN, 8, filled("another")), "version", PATH, DIGEST)


@pytest.mark.parametrize(
    "entry", [b"", b"[]", b"1", b"{", b"{}", b'{"details":[]}', b'{"details":{"document":1}}', b"[" * 2000, b"\xff"]
)
def test_an_entry_of_another_shape_is_nobodys(entry: bytes) -> None:
    assert not heads.names(entry, "version", PATH, DIGEST)


def test_an_entry_is_bounded() -> None:
    event = {"action": heads.action("version"), "subject": PATH, "details": heads.details(DIGEST), "more": ""}
    assert heads.names(orjson.dumps(event), "version", PATH, DIGEST)
    assert not heads.names(orjson.dumps({**event, "more": "x" * heads.MAX_ENTRY_BYTES}), "version", PATH, DIGEST)
