"""T-56: the threshold is lowered, or one person counts twice: by two keys, names, signatures, or another root."""

from dataclasses import replace

import pytest
from tests.vault.world import PATH, World

from wardline.vault.protocol import approvals, grants, roots
from wardline.vault.protocol.envelope import Envelope, enveloped, read_envelope
from wardline.vault.protocol.errors import (
    EquivocationError,
    ForeignRootError,
    MalformedError,
    RootError,
    SoloRootError,
    ThresholdError,
    UnpinnedRootError,
)
from wardline.vault.protocol.keys import SoftwareSigner
from wardline.vault.protocol.model.root import Approver, Root
from wardline.vault.protocol.roots import Pin


@pytest.fixture
def world() -> World:
    return World()


def unsound(world: World, **changes: object) -> bytes:
    """Return a root after the first that everybody signed, whatever it says."""
    from wardline.vault.protocol.encoding import canonical

    last = world.trusted
    root = replace(last.root, root=last.id, version=2, previous=last.digest, **changes)
    envelope = Envelope("root", canonical(root))
    for one in world.people.values():
        envelope = envelope.cosigned(one)
    return envelope.written()


@pytest.mark.parametrize("changes", [{"threshold": 1}, {"grant_threshold": 1}])
def test_a_threshold_below_two_is_refused_whoever_signed_it(world: World, changes: dict[str, int]) -> None:
    with pytest.raises(RootError, match="below 2"):
        roots.follow(world.trusted, unsound(world, **changes))


def test_one_key_under_two_names_is_no_root_and_counts_once(world: World) -> None:
    ada = world.people["ada"].public
    twice = (Approver("ada", ada), Approver("ada2", ada), Approver("bob", world.people["bob"].public))
    with pytest.raises(RootError, match="twice"):
        roots.follow(world.trusted, unsound(world, approvers=twice))
    envelope = enveloped(world.grant(), world.people["ada"])
    assert approvals.approving(envelope, twice) == {"ada"}


def test_one_name_with_two_keys_is_no_document_and_counts_once(world: World) -> None:
    second = SoftwareSigner(bytes(range(32)))
    twice = (Approver("ada", world.people["ada"].public), Approver("ada", second.public))
    with pytest.raises(ValueError, match="nothing twice"):
        unsound(world, approvers=twice)
    assert approvals.approving(enveloped(world.grant(), world.people["ada"], second), twice) == {"ada"}


def test_the_requester_counts_under_no_name(world: World) -> None:
    cleo = world.people["cleo"]
    twice = (*world.root.approvers, Approver("zoe", cleo.public))
    envelope = enveloped(world.grant(), cleo, world.people["ada"])
    assert approvals.approving(envelope, twice, besides="cleo") == {"ada"}
    with pytest.raises(ThresholdError):
        approvals.require(envelope, twice, 2, besides="cleo")


def test_one_persons_signature_twice_counts_once(world: World) -> None:
    read = read_envelope(enveloped(world.grant(), world.people["ada"]).written())
    twice = replace(read, signatures=(*read.signatures, replace(read.signatures[0], key_id="another")))
    with pytest.raises(ThresholdError):
        grants.require(twice.written(), world.trusted)
    with pytest.raises(MalformedError, match="two signatures"):
        grants.require(replace(read, signatures=read.signatures * 2).written(), world.trusted)


def test_a_key_that_anybody_can_sign_with_is_no_persons(world: World) -> None:
    anybody = (*world.root.approvers[:2], Approver("zoe", bytes([1]) + bytes(31)))
    with pytest.raises(RootError, match="anybody"):
        roots.follow(world.trusted, unsound(world, approvers=anybody))


def test_a_new_root_takes_the_old_people_and_the_new(world: World) -> None:
    dora, emil = SoftwareSigner(b"d" * 32), SoftwareSigner(b"e" * 32)
    people = (Approver("dora", dora.public), Approver("emil", emil.public))
    made = roots.enveloped(
        replace(world.root, root=world.trusted.id, version=2, previous=world.trusted.digest, approvers=people),
        "ordinary",
    )
    ada, bob = world.people["ada"], world.people["bob"]
    for signers in ((dora, emil), (ada, bob), (ada, dora, emil), (ada, bob, dora)):
        envelope = made
        for one in signers:
            envelope = envelope.cosigned(one)
        with pytest.raises(ThresholdError):
            roots.follow(world.trusted, envelope.written())
    for one in (ada, bob, dora, emil):
        made = made.cosigned(one)
    assert roots.follow(world.trusted, made.written()).root.approvers == people
    with pytest.raises(ThresholdError):  # what the former people approved is to be approved anew
        grants.require(world.server.grants[PATH][0], roots.follow(world.trusted, made.written()))


def test_a_root_that_skips_forks_or_comes_from_elsewhere(world: World) -> None:
    second = world.next_root(organisation="Second")
    trusted = roots.follow(world.trusted, second)
    with pytest.raises(EquivocationError):
        roots.follow(trusted, world.next_root(organisation="Fork"))
    world.server.roots.append(second)
    third = world.next_root()
    with pytest.raises(RootError, match="does not follow"):
        roots.follow(world.trusted, third)
    with pytest.raises(ForeignRootError):
        roots.follow(trusted, world.server.roots[0])
    with pytest.raises(UnpinnedRootError):
        roots.chain(world.server.roots, Pin(bytes(32)))
    with pytest.raises(ForeignRootError):
        roots.follow(replace(world.trusted, id=bytes(32)), second)
    with pytest.raises(RootError):
        roots.chain([], world.pin)


def solo(world: World, standing: str = "solo") -> tuple[bytes, Pin]:
    ada = world.people["ada"]
    root = replace(world.root, threshold=1, grant_threshold=1, approvers=(Approver("ada", ada.public),))
    envelope = roots.enveloped(root, standing).cosigned(ada)  # type: ignore[arg-type]
    return envelope.written(), Pin(envelope.digest, standing)  # type: ignore[arg-type]


@pytest.mark.parametrize("standing", ["solo", "dev"])
def test_what_one_person_approves_alone_is_refused_by_ordinary_parties_and_stays_so(
    world: World, standing: str
) -> None:
    content, pin = solo(world, standing)
    with pytest.raises(SoloRootError):
        roots.chain([content], Pin(pin.digest))
    alone = roots.chain([content], pin)
    grown = replace(world.root, root=alone.id, version=2, previous=alone.digest, threshold=2, grant_threshold=2)
    envelope = roots.enveloped(grown, "ordinary")
    for one in world.people.values():
        envelope = envelope.cosigned(one)
    with pytest.raises(SoloRootError):
        roots.follow(alone, envelope.written())
    with pytest.raises(SoloRootError):
        roots.follow(world.trusted, content)
    with pytest.raises(RootError, match="one person"):
        roots.require_sound(grown, "solo")


def test_a_solo_person_may_approve_what_they_asked_for_and_nobody_elses_root_takes_it(world: World) -> None:
    content, pin = solo(world)
    alone = roots.chain([content], pin)
    grant = enveloped(
        replace(world.grant(version=1, previous=b""), root=alone.id, requester="ada"), world.people["ada"]
    )
    assert grants.require(grant.written(), alone).document.requester == "ada"
    with pytest.raises(ForeignRootError):
        grants.require(grant.written(), world.trusted)


def test_a_pin_says_what_kind_of_root_it_is(world: World) -> None:
    assert Pin.parse(str(world.pin)) == world.pin
    for text in ("", "ordinary:", "sole:" + str(world.pin).partition(":")[2], "ordinary:AAAA", "ordinary:!"):
        with pytest.raises(MalformedError):
            Pin.parse(text)
    assert set(Root.kinds) == {"ordinary", "solo", "dev"}
