from dataclasses import replace

import pytest
from tests.vault.server.conftest import OPERATOR, OTHER, Running, unsigned
from tests.vault.world import PATH, START

from wardline.kernel.errors import DeniedError, NotFoundError
from wardline.vault.protocol.envelope import enveloped, read_envelope
from wardline.vault.protocol.model.grant import BreakGlass, Endpoint, Epoch
from wardline.vault.server.model import Row


def test_each_grant_is_told_with_what_it_changed(running: Running) -> None:
    digest = read_envelope(running.vault.granted(OPERATOR, PATH)).digest
    running.approved(replace(unsigned(running.world), version=2, previous=digest, overlap_seconds=60))
    new, old = running.vault.approvals(OTHER, PATH)
    assert (new.version, new.requester, new.approvers) == (2, "cleo", ("ada", "bob"))
    assert "+ overlap_seconds: 60" in new.changes
    assert f"+ path: {PATH}" in old.changes
    with pytest.raises(NotFoundError):
        running.vault.approvals(OTHER, "no/such")


def test_a_rotation_is_told_without_its_ciphertext(running: Running) -> None:
    assert running.vault.rotation(OTHER, PATH) is None
    keeper = running.enter(running.world.one.signer)
    running.vault.begin(keeper, Row(PATH, 1, "blue", b"sealed", "due", "create", START, START, 0, None, "", False, 1))
    told = running.vault.rotation(OTHER, PATH)
    assert told is not None
    assert (told.step, told.reason) == ("create", "due")
    assert b"sealed" not in told


def test_a_rotation_that_is_asked_for_while_one_ends_is_not_forgotten(running: Running) -> None:
    """What is asked for after a version was published is answered by the next one alone."""
    digest = read_envelope(running.vault.granted(OPERATOR, PATH)).digest
    targets = (Endpoint("/run/postgresql", 5432, ""),)
    rotated = replace(unsigned(running.world), version=2, previous=digest, strategy="postgresql", targets=targets)
    running.approved(rotated)
    keeper, row = running.world.one, Row(PATH, 1, "m", b"", "asked", "retire", START, START, 0, None, "", False, 1)
    running.vault.rotate(OPERATOR, PATH)
    machine = running.minted(keeper, {"password": "one"})
    assert running.vault.tasks(machine)[0].reason == ""
    running.vault.begin(machine, row)
    running.vault.rotate(OPERATOR, PATH)
    running.vault.change(machine, row._replace(step="done", revision=2))
    assert running.vault.tasks(machine)[0].reason == "asked"


def test_proposals_are_told_in_words(running: Running) -> None:
    world, vault = running.world, running.vault
    root = world.trusted.id
    documents = {
        "epoch 2: restored": Epoch(root, 2, b"", 0, b"", "restored", START),
        "ada gets a personal credential to read": BreakGlass(
            root, PATH, "ada", "read", b"k" * 32, "a page at night", b"n" * 16, START, START.replace(minute=15)
        ),
    }  # fmt: skip
    for words, document in documents.items():
        proposal = vault.propose(OPERATOR, enveloped(document).written())
        assert words in "\n".join(vault.wording(OTHER, proposal))
    grown = vault.propose(OPERATOR, world.next_root(by=(), organisation="Example 2"))
    assert "root 2: 2 of ada, bob, cleo" in vault.wording(OTHER, grown)[0]


def test_who_may_not_see_the_vault_is_told_nothing(running: Running) -> None:
    nobody = OTHER._replace(permissions=frozenset())
    for ask in (running.vault.approvals, running.vault.rotation):
        with pytest.raises(DeniedError):
            ask(nobody, PATH)
    assert not running.vault.solo()
