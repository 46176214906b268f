"""Opening: refusals keep their secrets, and private keys stay where they are."""

import copy
import pickle
from dataclasses import replace

import pytest
from tests.vault.protocol.documents import HEADER, filled, opening_key, signer
from tests.vault.world import Chance

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.protocol import opening, sealing
from wardline.vault.protocol.errors import CommitmentError, ContextError, UnopenedError
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.protocol.sealing import Recipient

KEY = opening_key("agent")
SEALED = sealing.seal_version(HEADER, {"password": "canary"}, signer("keeper"), Chance())
WRAP = sealing.wrap(SEALED.data_key, SEALED.version.header, SEALED.digest, Recipient("workload:orders", KEY.public))


def open_it(wrap: object = WRAP, names: tuple[str, ...] = ("workload:orders",), key: OpeningKey = KEY) -> bytes:
    return opening.open_wrap(wrap, SEALED.version.header, SEALED.digest, names, key)  # type: ignore[arg-type]


@pytest.mark.parametrize("member", ["root", "path", "epoch", "number", "version", "recipient", "key_id", "kem"])
def test_a_wrap_is_bound_to_every_member(member: str) -> None:
    other = {"epoch": 9, "number": 9, "path": "other", "recipient": "other", "kem": "DHKEM-P256"}.get(
        member, filled("x")
    )
    with pytest.raises(ContextError):
        open_it(replace(WRAP, **{member: other}))


def test_a_wrap_for_another_name_or_key_is_refused() -> None:
    with pytest.raises(ContextError):
        open_it(names=("workload:reports",))
    with pytest.raises(ContextError):
        open_it(key=opening_key("another"))


@pytest.mark.parametrize("place", [0, 600, 1087, 1088, 1119, 1120, 1167])
def test_a_wrap_with_one_bit_changed_does_not_open(place: int) -> None:
    sealed = bytearray(WRAP.wrapped)
    sealed[place] ^= 1
    with pytest.raises(UnopenedError):
        open_it(replace(WRAP, wrapped=bytes(sealed)))


def test_a_ciphertext_with_one_bit_changed_does_not_open() -> None:
    for place in (0, 12, 100, -1):
        sealed = bytearray(SEALED.version.sealed)
        sealed[place] ^= 1
        with pytest.raises(UnopenedError) as caught:
            opening.open_version(replace(SEALED.version, sealed=bytes(sealed)), SEALED.data_key)
        assert "canary" not in str(caught.value)
    with pytest.raises(CommitmentError):
        opening.open_version(SEALED.version, filled("another key"))
    with pytest.raises(CommitmentError):
        opening.open_version(SEALED.version, b"")


def test_a_private_key_is_neither_shown_nor_copied() -> None:
    assert filled("agent").hex() not in repr(KEY)
    for call in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            call(KEY)
    with pytest.raises(AskedWronglyError):
        OpeningKey(b"short")


def test_a_key_is_made_of_its_seed_alone() -> None:
    assert OpeningKey(filled("agent")).public == KEY.public
    assert OpeningKey.generated(Chance()).public == OpeningKey.generated(Chance()).public != KEY.public
