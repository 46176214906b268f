"""Who approved: people, by their names and by the bytes of their keys."""

import pytest
from tests.vault.protocol.documents import EXAMPLES, signer
from tests.vault.protocol.refusing import refused

from wardline.vault.protocol import approvals
from wardline.vault.protocol.envelope import Envelope, enveloped
from wardline.vault.protocol.model.root import Approver


def person(name: str, key: str = "") -> Approver:
    return Approver(name, signer(key or name).public)


def signed(*names: str) -> Envelope:
    return enveloped(EXAMPLES["grant"], *(signer(name) for name in names))


PEOPLE = (person("ada"), person("bob"), person("cleo"))


def test_only_people_of_the_list_count() -> None:
    assert approvals.approving(signed("bob", "mallory"), PEOPLE) == {"bob"}
    assert approvals.approving(signed(), PEOPLE) == frozenset()


def test_who_signs_twice_counts_once() -> None:
    assert approvals.approving(signed("ada", "ada"), PEOPLE) == {"ada"}


def test_one_key_under_two_names_is_one_person() -> None:
    assert approvals.approving(signed("ada"), (person("zoe", "ada"), person("ada"))) == {"ada"}


def test_two_keys_under_one_name_are_one_person() -> None:
    assert approvals.approving(signed("ada", "spare"), (person("ada"), person("ada", "spare"))) == {"ada"}


def test_the_one_who_asked_does_not_count_under_another_name_either() -> None:
    people = (*PEOPLE, person("zoe", "cleo"))
    assert approvals.approving(signed("ada", "cleo"), people, besides="cleo") == {"ada"}
    assert approvals.approving(signed("ada", "cleo"), people) == {"ada", "cleo"}


def test_a_signature_of_something_else_does_not_count() -> None:
    other = enveloped(EXAMPLES["epoch"], signer("ada"))
    moved = Envelope("grant", signed().payload, other.signatures)
    assert approvals.approving(moved, PEOPLE) == frozenset()


@pytest.mark.parametrize(("threshold", "names"), [(1, ("ada",)), (2, ("ada", "bob")), (2, ("ada", "bob", "cleo"))])
def test_enough_people_are_returned_by_name(threshold: int, names: tuple[str, ...]) -> None:
    assert approvals.require(signed(*names), PEOPLE, threshold) == set(names)


def test_too_few_people_are_refused_with_how_many_it_takes() -> None:
    with refused("vault-threshold", "this grant was approved by 1 of the 2 people that it takes", hint="grant approve"):
        approvals.require(signed("ada"), PEOPLE, 2)
    with refused("vault-threshold", "by 1 of the 2 people other than cleo that it takes", hint="grant approve"):
        approvals.require(signed("ada", "cleo"), PEOPLE, 2, besides="cleo")
