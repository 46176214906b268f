"""Puts: by a granted writer, for this secret now, once, and sealed to exactly the zone's custodians."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.vault.protocol.documents import filled, signer
from tests.vault.protocol.refusing import refused
from tests.vault.world import PATH, START, AgentParty, World

from wardline.vault.protocol import admitting, bindings, floors, grants, opening, puts, sealing
from wardline.vault.protocol.bindings import Bound
from wardline.vault.protocol.envelope import Read, enveloped
from wardline.vault.protocol.keys import Signer
from wardline.vault.protocol.model.root import Custodian
from wardline.vault.protocol.model.statement import Put, PutHeader, Revoked

MINUTE, TICK = timedelta(minutes=1), timedelta(milliseconds=1)
NONCE = filled("nonce", 16)


class Desk:
    """A world with one secret at version 2, a person who writes and a workload that does."""

    def __init__(self) -> None:
        self.world = World()
        self.agent: AgentParty = self.world.agent()
        self.grant, self.custodians = admitting.custodians_for_put(
            self.world.server.grants[PATH][-1], self.world.trusted, START
        )
        self.bound = bindings.require(self.world.server.bindings[-1], self.world.trusted, {}, START)
        self.floors = floors.none()
        self.floor = replace(floors.none_of(PATH), number=2, version=filled("two"))

    def header(self, writer: str = "person:ada", **changes: Any) -> PutHeader:
        made = puts.header(self.grant, writer=writer, epoch=1, expected=2, nonce=NONCE, now=START)
        return replace(made, **changes)

    def put(self, header: PutHeader, by: Signer | None = None, to: tuple[Custodian, ...] | None = None) -> bytes:
        custodians = self.custodians if to is None else to
        signing = by or self.world.people["ada"]
        return sealing.seal_put(header, {"password": "new"}, custodians, signing, self.world.chance).written()

    def taken(self, content: bytes, now: datetime = START, **changes: Any) -> Read[Put]:
        bound: tuple[Bound, ...] = changes.get("bound", (self.bound,))
        return puts.require(
            content,
            self.world.trusted,
            changes.get("grant", self.grant),
            changes.get("floors", self.floors),
            changes.get("floor", self.floor),
            bound,
            used=changes.get("used", frozenset()),
            now=now,
        )


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def test_a_person_and_a_workload_put_what_a_custodian_then_opens(desk: Desk) -> None:
    keeper = desk.world.one
    for header, by in (
        (desk.header(), desk.world.people["ada"]),
        (desk.header("workload:orders"), desk.agent.signer),
    ):
        for now in (START - MINUTE, START, START + 10 * MINUTE - TICK):
            read = desk.taken(desk.put(header, by), now)
            assert opening.open_put(read.document, keeper.name, keeper.key) == {"password": "new"}
    assert desk.header().origin == "imported"
    assert desk.header("workload:orders").origin == "written"


def test_nobody_makes_a_put_that_the_grant_does_not_let_them_make(desk: Desk) -> None:
    with refused("vault-not-granted", "names no writer person:bob"):
        desk.header("person:bob")


@pytest.mark.parametrize(
    ("code", "words", "changes"),
    [
        ("vault-put", "another secret", {"zone": "us"}),
        ("vault-put", "another secret", {"path": "other/path"}),
        ("vault-not-granted", "no writer person:bob", {"writer": "person:bob"}),
        ("vault-put", "says wrongly", {"origin": "written"}),
        ("vault-put", "longer than ten minutes", {"expires": START + 10 * MINUTE + TICK}),
        ("vault-put", "longer than ten minutes", {"expires": START}),
        ("vault-epoch", "of epoch 2, and it is epoch 1", {"epoch": 2}),
        ("vault-put", "under another grant", {"grant": filled("another")}),
        ("vault-put-conflict", "follows version 1, and 2 is current", {"expected": 1}),
        ("vault-put-conflict", "follows version 3, and 2 is current", {"expected": 3}),
    ],
)
def test_a_put_that_says_this_is_not_applied(desk: Desk, code: str, words: str, changes: dict[str, Any]) -> None:
    with refused(code, words):
        desk.taken(desk.put(desk.header(**changes)))


def test_a_header_of_another_root_is_another_secret(desk: Desk) -> None:
    header = desk.header(root=filled("another"))
    made = desk.taken(desk.put(desk.header())).document
    content = enveloped(replace(made, header=header), desk.world.people["ada"]).written()
    with refused("vault-put", "another secret"):
        desk.taken(content)


def test_a_put_is_applied_within_its_ten_minutes(desk: Desk) -> None:
    content = desk.put(desk.header())
    with refused("vault-put", "from the future"):
        desk.taken(content, START - MINUTE - TICK)
    with refused("vault-put", "has ended", hint="put it again"):
        desk.taken(content, START + 10 * MINUTE)


def test_a_put_is_applied_once(desk: Desk) -> None:
    with refused("vault-put", "a repeat"):
        desk.taken(desk.put(desk.header()), used={NONCE})
    assert desk.taken(desk.put(desk.header()), used={filled("another", 16)}).document.header.nonce == NONCE


def test_a_writer_who_was_taken_off_writes_no_more(desk: Desk) -> None:
    taken = replace(desk.floors, revoked=(Revoked(PATH, "person:ada", 1),))
    with refused("vault-revoked", "person:ada was taken off", hint="grant request"):
        desk.taken(desk.put(desk.header()), floors=taken)


@pytest.mark.parametrize("name", ["bob", "cleo"])
def test_a_person_signs_with_their_own_key(desk: Desk, name: str) -> None:
    with refused("vault-signature", "not signed by person:ada"):
        desk.taken(desk.put(desk.header(), desk.world.people[name]))


def test_a_workload_signs_with_a_key_that_is_bound_to_it_now(desk: Desk) -> None:
    content = desk.put(desk.header("workload:orders"), desk.agent.signer)
    stranger = replace(desk.bound, identity=replace(desk.bound.identity, claims=(("sub", "x"),)))
    ended = replace(desk.bound, expires=START)
    for bound in ((), (stranger,), (ended,), (replace(desk.bound, signing=signer("another").public),)):
        with refused("vault-signature", "not signed by workload:orders"):
            desk.taken(content, bound=bound)
    with refused("vault-signature", "not signed by person:ada"):
        desk.taken(desk.put(desk.header(), desk.agent.signer))


def test_in_a_new_epoch_a_put_follows_none(desk: Desk) -> None:
    later = replace(desk.floors, epoch=2)
    first = desk.put(desk.header(epoch=2, expected=0))
    assert desk.taken(first, floors=later).document.header.expected == 0
    with refused("vault-put-conflict", "follows version 2, and 0 is current"):
        desk.taken(desk.put(desk.header(epoch=2)), floors=later)


def test_a_put_is_sealed_to_exactly_the_zones_custodians(desk: Desk) -> None:
    one, two = desk.custodians
    swapped = replace(two, sealing=desk.agent.key.public)
    stranger = Custodian("stranger", signer("stranger").public, desk.agent.key.public)
    for to in ((one,), (one, swapped), (one, two, stranger)):
        with refused("vault-put", "exactly the zone's custodians", hint="the writer's root may be older"):
            desk.taken(desk.put(desk.header(), to=to))


def test_a_put_under_an_older_grant_is_refused_by_the_newer(desk: Desk) -> None:
    world = World()
    world.granted(world.grant(grace_seconds=1))
    newer = grants.require(world.server.grants[PATH][-1], world.trusted)
    assert newer.document.root == desk.world.trusted.id
    with refused("vault-put", "under another grant"):
        desk.taken(desk.put(desk.header()), grant=newer)
