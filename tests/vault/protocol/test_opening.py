"""Opening: refusals keep their secrets, and private keys stay where they are."""

import copy
import hmac
import json
import pickle
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.vault.protocol.documents import HEADER, filled, opening_key, signer
from tests.vault.world import Chance

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.protocol import opening, sealing
from wardline.vault.protocol.errors import CommitmentError, ContextError, UnopenedError
from wardline.vault.protocol.keys import SealingKey
from wardline.vault.protocol.opening import OpeningKey
from wardline.vault.protocol.sealing import Recipient

XWING: list[dict[str, str]] = json.loads((Path(__file__).parent / "fixtures" / "xwing.json").read_text())["vectors"]
KEY = opening_key("agent")
SEALED = sealing.seal_version(HEADER, {"word": "canary"}, signer("keeper"), Chance())
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


@pytest.mark.parametrize("vector", XWING, ids=lambda one: one["seed"][:8])
def test_a_seed_gives_the_public_key_that_x_wing_publishes_for_it(vector: dict[str, Any]) -> None:
    key = OpeningKey(bytes.fromhex(vector["seed"]))
    assert key.public == SealingKey("MLKEM768-X25519", bytes.fromhex(vector["pk"]))


@pytest.mark.parametrize("vector", XWING, ids=lambda one: one["seed"][:8])
def test_a_seed_opens_what_x_wings_published_secret_was_used_for(vector: dict[str, Any]) -> None:
    """The published encapsulation and shared secret, with HPKE's key schedule (RFC 9180 §5.1) written out here."""
    key, info = OpeningKey(bytes.fromhex(vector["seed"])), b"a place"
    encapsulated, secret = bytes.fromhex(vector["ct"]), bytes.fromhex(vector["ss"])
    assert key.open(encapsulated + hpke_sealed(secret, info, b"a data key"), info) == b"a data key"
    with pytest.raises(UnopenedError):
        key.open(encapsulated + hpke_sealed(secret, info, b"a data key"), b"another place")
    with pytest.raises(UnopenedError):
        key.open(encapsulated + hpke_sealed(filled("another secret"), info, b"a data key"), info)


def hpke_sealed(secret: bytes, info: bytes, plain: bytes) -> bytes:
    """Seal one message as the base mode does with this shared secret: KEM 0x647A, HKDF-SHA256, AES-256-GCM."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    suite = b"HPKE\x64\x7a\x00\x01\x00\x02"

    def extracted(salt: bytes, label: bytes, material: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + material, sha256)

    def expanded(key: bytes, label: bytes, context: bytes, size: int) -> bytes:
        labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return hmac.digest(key, labelled + b"\x01", sha256)[:size]

    context = b"\x00" + extracted(b"", b"psk_id_hash", b"") + extracted(b"", b"info_hash", info)
    scheduled = extracted(secret, b"secret", b"")
    key, nonce = expanded(scheduled, b"key", context, 32), expanded(scheduled, b"base_nonce", context, 12)
    return AESGCM(key).encrypt(nonce, plain, b"")
