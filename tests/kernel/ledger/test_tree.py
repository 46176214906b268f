"""Stored hashes: few are read, and what is missing is said."""

import shutil

import pytest
from sqlalchemy import event

from wardline.kernel import merkle
from wardline.kernel.database.engine import Database
from wardline.kernel.ledger import store
from wardline.kernel.ledger.tree import LedgerDamagedError, StoredTree

SIZE = 70_001


@pytest.fixture(scope="module")
def leaves():
    return [merkle.leaf_hash(number.to_bytes(4)) for number in range(SIZE)]


@pytest.fixture(scope="module")
def stored(leaves, sqlite_template, tmp_path_factory):
    """A database with a tree of 70,001 leaves, without events."""
    path = tmp_path_factory.mktemp("tree") / "tree.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    tree, nodes = merkle.Tree(), []
    for digest in leaves:
        tree.append(digest, lambda level, place, kept: nodes.append((level, place, kept)))
    with database.transaction() as tx:
        kept = [node for node in nodes if node[0] and node[0] % store.LEVELS == 0]
        store.number(tx, [(number, number, digest) for number, digest in enumerate(leaves)], kept)
    assert sorted({level for level, _, _ in kept}) == [8, 16]
    yield database
    database.close()


def test_a_proof_asks_the_database_one_question_for_each_level_that_is_kept(stored, leaves):
    asked = []
    event.listen(stored.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for number in (0, 255, 256, 40_000, 65_535, 65_536, SIZE - 1):
        with stored.reading() as tx:
            asked.clear()
            proof = merkle.inclusion(number, SIZE, StoredTree(tx))
            assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 2 * 3
        assert merkle.verify_inclusion(leaves[number], number, SIZE, proof, merkle.root(leaves))


def test_every_level_is_computed_from_those_that_are_kept(stored, leaves):
    with stored.reading() as tx:
        read = StoredTree(tx)
        for level in range(SIZE.bit_length()):
            count = 1 << level
            place = (SIZE >> level) - 1
            assert read(level, place) == merkle.root(leaves[place * count : (place + 1) * count])


def test_a_hash_that_is_not_there_is_damage(stored, leaves):
    with stored.reading() as tx, pytest.raises(LedgerDamagedError, match="missing at level 8"):
        StoredTree(tx)(9, (SIZE >> 9) + 1)
