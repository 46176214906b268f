"""The server keeps and serves what the parties sign, on both databases, and helps nobody to more than they may have."""

from dataclasses import replace

import pytest
from tests.vault.server.conftest import HOST, OPERATOR, OTHER, Running, unsigned
from tests.vault.world import PATH

from wardline.kernel.errors import ConflictError, DeniedError, NotFoundError, UnauthenticatedError, WardlineError
from wardline.kernel.ledger.verification import verify
from wardline.vault.protocol import entering
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.envelope import Envelope, enveloped, read_envelope
from wardline.vault.protocol.errors import MalformedError, SignatureError, ThresholdError


def test_a_value_goes_from_a_custodian_through_the_server_to_the_workload_that_was_granted_it(running: Running) -> None:
    agent = running.agent()
    running.minted(running.world.one, {"password": "one"})
    assert running.read(agent).fields == {"password": "one"}
    running.minted(running.world.one, {"password": "two"})
    assert running.read(agent).header.number == 2


def test_nothing_that_the_server_keeps_holds_the_value(running: Running, database) -> None:
    from sqlalchemy import select

    from wardline.vault.server import tables

    running.agent()
    running.minted(running.world.one, {"word": "a-canary-that-sings"})
    with database.reading() as tx:
        for table in (tables.DOCUMENTS, tables.WRAPS, tables.ROTATIONS, tables.PROPOSALS):
            for row in tx.execute(select(table)):
                assert "canary" not in repr(tuple(row))


def test_who_is_no_reader_is_given_nothing(running: Running) -> None:
    stranger = running.agent("billing", "pod-9")
    running.minted(running.world.one, {"password": "one"})
    with pytest.raises(NotFoundError):
        running.offered(stranger)
    assert running.vault.paths(running.enter(stranger.signer)) == []


def test_a_grant_stands_once_two_people_other_than_its_requester_signed(running: Running) -> None:
    world = running.world
    after = replace(
        unsigned(world),
        version=2,
        previous=read_envelope(running.vault.granted(OPERATOR, PATH)).digest,
        overlap_seconds=60,
    )
    assert running.approved(after, by=("ada",)).state == "open"
    assert running.approved(after, by=("ada", "cleo")).state == "open"  # cleo asked for it
    assert running.approved(after, by=("ada", "ada")).signed_by == ("ada",)
    assert running.approved(after, by=("ada", "bob")).state == "done"
    assert read_envelope(running.vault.granted(OPERATOR, PATH)).digest == enveloped(after).digest


def test_a_grant_that_does_not_follow_the_newest_is_refused(running: Running) -> None:
    again = replace(unsigned(running.world), overlap_seconds=60)
    with pytest.raises(ConflictError):
        running.approved(again)


def test_a_signature_over_another_document_is_refused(running: Running) -> None:
    world = running.world
    one = replace(unsigned(world), version=2, previous=read_envelope(running.vault.granted(OPERATOR, PATH)).digest)
    proposal = running.vault.propose(OPERATOR, enveloped(one).written())
    other = enveloped(replace(one, overlap_seconds=1)).cosigned(world.people["ada"])
    with pytest.raises(ConflictError):
        running.vault.sign(OPERATOR, proposal.id, other.written())


def test_a_root_that_too_few_signed_is_refused(running: Running) -> None:
    with pytest.raises(ThresholdError):
        running.vault.establish(OPERATOR, running.world.next_root(by=("ada",), organisation="Evil"))


def test_a_revocation_holds_when_every_custodian_has_acknowledged_it(running: Running) -> None:
    agent = running.agent()
    running.minted(running.world.one, {"password": "one"})
    content = running.world.revocation()
    assert "workload:orders" in running.vault.secret(OPERATOR, PATH).readers
    revoking = running.vault.revoke(OPERATOR, content)
    assert revoking.missing == ("keeper-1", "keeper-2")
    assert "workload:orders" not in running.vault.secret(OPERATOR, PATH).readers
    with pytest.raises(NotFoundError):  # what was sealed to it is gone at once
        running.offered(agent)
    for custodian in (running.world.one, running.world.two):
        machine = running.fetched(custodian)
        assert running.vault.tasks(machine)[0].reason == "revoked"
        running.vault.acknowledge(machine, custodian.revoke(running.vault.basis(machine).revocations[0]))
    assert running.vault.revoking(OPERATOR, read_envelope(content).digest).missing == ()


def test_machines_come_in_by_their_key_alone(running: Running) -> None:
    agent, vault = running.agent(), running.vault
    nonce = vault.challenge().nonce
    good = agent.signer.sign(entering.message(HOST, nonce))
    with pytest.raises(UnauthenticatedError):
        vault.enter("evil.example", agent.signer.public, nonce, good)
    with pytest.raises(UnauthenticatedError):  # the nonce was used up
        vault.enter(HOST, agent.signer.public, nonce, good)
    with pytest.raises(UnauthenticatedError):
        vault.machine("wlm_guess")
    assert running.enter(agent.signer).role == "agent"
    assert running.enter(running.world.one.signer).role == "custodian"


def test_tokens_end(running: Running) -> None:
    agent, vault = running.agent(), running.vault
    nonce = vault.challenge().nonce
    entered = vault.enter(HOST, agent.signer.public, nonce, agent.signer.sign(entering.message(HOST, nonce)))
    running.world.pass_time(minutes=11)
    with pytest.raises(UnauthenticatedError):
        vault.machine(entered.token)


def test_an_agent_does_nothing_of_a_custodians(running: Running) -> None:
    machine = running.enter(running.agent().signer)
    for work in (running.vault.basis, running.vault.tasks, running.vault.bindings):
        with pytest.raises(DeniedError):
            work(machine)
    with pytest.raises(DeniedError):
        running.vault.publish(machine, b"{}", ())


def test_another_custodian_publishes_what_one_minted_that_died(running: Running) -> None:
    agent, one, server = running.agent(), running.world.one, running.world.server
    machine = running.fetched(one)
    read = one.mint(PATH, {"password": "one"})
    wraps = [content for (version, _), content in server.wraps.items() if version == read.digest]
    other = running.enter(running.world.two.signer)
    running.vault.publish(other, server.versions[PATH][-1], wraps)
    running.vault.state(machine, one.state())
    assert running.read(agent).header.custodian == "keeper-1"


def test_a_version_that_no_custodian_signed_is_not_kept(running: Running) -> None:
    running.agent()
    machine = running.minted(running.world.one, {"password": "one"})
    forged = Envelope("version", read_envelope(running.world.server.versions[PATH][-1]).payload[:-2] + b" }")
    with pytest.raises(WardlineError):
        running.vault.publish(machine, forged.written(), ())
    unsigned_one = Envelope("version", read_envelope(running.world.server.versions[PATH][-1]).payload)
    with pytest.raises(SignatureError):
        running.vault.publish(machine, unsigned_one.written(), ())


def test_wraps_are_of_the_version_that_they_come_with(running: Running) -> None:
    running.agent()
    machine = running.minted(running.world.one, {"password": "one"})
    first = list(running.world.server.wraps.values())
    running.minted(running.world.one, {"password": "two"})
    newest = read_envelope(running.world.server.versions[PATH][-1]).digest
    with pytest.raises(ConflictError):  # a wrap of the version before
        running.vault.seal_to(machine, newest, first[:1])
    with pytest.raises(MalformedError):
        running.vault.seal_to(machine, newest, [b"{}"])


def test_a_receipt_is_shown_beside_its_reader(running: Running) -> None:
    agent = running.agent()
    running.minted(running.world.one, {"password": "one"})
    accepted = running.read(agent)
    running.vault.receipt(running.enter(agent.signer), agent.receipt(accepted))
    shown = {one.reader: one.number for one in running.vault.consumers(OPERATOR, PATH)}
    assert shown == {"keeper-1": None, "keeper-2": None, "workload:orders": 1}


def test_changes_name_what_happened_to_an_agents_secrets(running: Running) -> None:
    agent = running.agent()
    machine = running.enter(agent.signer)
    running.minted(running.world.one, {"password": "one"})
    first = running.vault.changes(machine, 0)
    assert first.paths == (PATH,)
    assert running.vault.changes(machine, first.cursor).paths == ()
    running.minted(running.world.one, {"password": "two"})
    assert running.vault.changes(machine, first.cursor).paths == (PATH,)
    beyond = running.vault.changes(machine, first.cursor + 10_000)  # as after a restore
    assert beyond.paths == (PATH,)
    assert beyond.cursor < first.cursor + 10_000


def test_who_had_a_secret_is_shown_that_it_was_taken_away_and_nobody_else(running: Running) -> None:
    agent, other = running.agent(), running.agent("billing")
    machine = running.enter(agent.signer)
    running.minted(running.world.one, {"password": "one"})
    accepted = running.read(agent)
    running.vault.receipt(machine, agent.receipt(accepted))
    cursor = running.vault.changes(machine, 0).cursor
    content = running.world.revocation()
    running.vault.revoke(OPERATOR, content)
    running.ledger.sequence()
    assert running.vault.changes(machine, cursor).paths == (PATH,)
    assert running.vault.revocations(machine, PATH) == [read_envelope(content).written()]
    with pytest.raises(NotFoundError):
        running.vault.revocations(running.enter(other.signer), PATH)


def test_each_answer_that_holds_a_wrap_is_in_the_ledger(running: Running) -> None:
    agent = running.agent()
    running.minted(running.world.one, {"password": "one"})
    running.read(agent)
    running.ledger.sequence()
    listed = running.ledger.list(OPERATOR._replace(permissions=OPERATOR.permissions | {"ledger:read-all"}))
    assert [one.subject for one in listed.rows if one.action == "vault:handed-out"] == [PATH]
    assert listed.rows[0].details["key"] == b64(agent.key.public.key_id)


def test_a_secret_is_listed_with_what_its_documents_claim(running: Running) -> None:
    running.agent()
    running.minted(running.world.one, {"password": "one"})
    (shown,) = running.vault.secrets(OTHER).rows
    assert (shown.path, shown.number, shown.origin, shown.solo) == (PATH, 1, "minted", False)
    assert shown.approvers == ("ada", "bob")
    assert running.vault.secrets(OTHER, "nowhere").rows == []
    assert [one.number for one in running.vault.versions(OTHER, PATH).rows] == [1]


def test_who_may_not_is_told_so(running: Running) -> None:
    nobody = OTHER._replace(permissions=frozenset())
    for ask in (running.vault.secrets, running.vault.standing, running.vault.proposals):
        with pytest.raises(DeniedError):
            ask(nobody)
    with pytest.raises(DeniedError):
        running.vault.establish(OTHER, b"{}")
    with pytest.raises(ConflictError):
        running.vault.rotate(OPERATOR, PATH)  # no rotator: only its provider can change it
    with pytest.raises(NotFoundError):
        running.vault.secret(OPERATOR, "no/such")


def test_the_ledger_verifies_afterwards(running: Running, database) -> None:
    running.agent()
    running.minted(running.world.one, {"password": "one"})
    running.ledger.sequence()
    assert verify(database).ok
