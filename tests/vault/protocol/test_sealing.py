"""Sealing: what is sealed opens for whom it was meant, with both KEMs, and takes its randomness from outside."""

from dataclasses import replace

import pytest
from tests.vault.protocol.documents import HEADER, PUT_HEADER, filled, opening_key, signer
from tests.vault.world import Chance

from wardline.vault.protocol import opening, plaintext, sealing
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.errors import MalformedError
from wardline.vault.protocol.keys import Kem, SealingKey
from wardline.vault.protocol.model.root import Custodian
from wardline.vault.protocol.model.statement import Put
from wardline.vault.protocol.model.version import Version
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.protocol.sealing import Recipient

FIELDS = {"username": "u", "password": "päss", "port": 5432, "more": {"a": [1.5, None, True]}}


@pytest.mark.parametrize("kem", ["MLKEM768-X25519", "DHKEM-P256"])
def test_a_version_opens_for_its_recipient(kem: Kem) -> None:
    key = OpeningKey(filled("agent"), kem)
    sealed = sealing.seal_version(HEADER, FIELDS, signer("keeper"), Chance())
    wrap = sealing.wrap(sealed.data_key, sealed.version.header, sealed.digest, Recipient("workload:orders", key.public))
    data_key = opening.open_wrap(wrap, sealed.version.header, sealed.digest, ("workload:orders",), key)
    assert opening.open_version(sealed.version, data_key) == FIELDS
    read = unverified(Version, sealed.envelope.written(), HEADER.root)
    read.envelope.require_signer(signer("keeper").public, "keeper")
    assert read.document == sealed.version


def test_randomness_is_what_is_handed_in() -> None:
    first, second = (sealing.seal_version(HEADER, FIELDS, signer("keeper"), Chance()) for _ in range(2))
    assert first.envelope == second.envelope
    other = sealing.seal_version(HEADER, FIELDS, signer("keeper"), Chance("another"))
    assert other.data_key != first.data_key
    assert other.version.header.commitment != first.version.header.commitment


def test_neither_key_nor_value_stands_in_a_version_or_its_text() -> None:
    sealed = sealing.seal_version(HEADER, {"word": "canary-value"}, signer("keeper"), Chance())
    for seen in (repr(sealed), sealed.envelope.written().decode(), repr(sealed.version)):
        assert "canary" not in seen
        assert sealed.data_key.hex() not in seen
    assert repr(sealed.data_key) not in repr(sealed)


def test_a_put_opens_for_every_custodian() -> None:
    keepers = [Custodian(name, signer(name).public, opening_key(name).public) for name in ("two", "one")]
    envelope = sealing.seal_put(PUT_HEADER, FIELDS, keepers, signer("ada"), Chance())
    put = unverified(Put, envelope.written(), PUT_HEADER.root).document
    assert [one.custodian for one in put.wraps] == ["one", "two"]
    for name in ("one", "two"):
        assert opening.open_put(put, name, opening_key(name)) == FIELDS


def test_a_commitment_is_of_one_key_place_and_kind() -> None:
    made = {
        plaintext.commitment(filled("k"), header)
        for header in (HEADER, replace(HEADER, number=3), replace(HEADER, path="x"), PUT_HEADER)
    }
    assert len(made | {plaintext.commitment(filled("other"), HEADER)}) == 5


def test_a_recipient_without_a_usable_key_gets_nothing() -> None:
    with pytest.raises(MalformedError):
        sealing.seal_to(bytes(32), SealingKey("MLKEM768-X25519", bytes(1216)), b"")
