"""Envelopes: DSSE as securesystemslib reads and writes it, counted by key bytes."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.dsse import Envelope as Theirs
from securesystemslib.signer import CryptoSigner
from tests.vault.protocol.documents import EXAMPLES, ROOT_ID, filled, signer

from wardline.vault.protocol.envelope import Envelope, enveloped, pae, read_envelope, unverified
from wardline.vault.protocol.errors import ForeignRootError, MalformedError, SignatureError, WrongKindError
from wardline.vault.protocol.model.grant import Grant, Revocation


def test_the_encoding_that_is_signed_is_the_specifications() -> None:
    # DSSE protocol.md's own example.
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_securesystemslib_verifies_ours() -> None:
    ours = enveloped(EXAMPLES["grant"], signer("ada"))
    theirs = Theirs.from_dict(json.loads(ours.written()))
    assert theirs.pae() == ours.message
    key = CryptoSigner(Ed25519PrivateKey.from_private_bytes(filled("ada"))).public_key
    (name,) = theirs.signatures
    key.keyid = name
    assert theirs.verify([key], 1) == {name: key}


def test_ours_reads_securesystemslibs_and_looks_at_its_own_key_ids_only() -> None:
    ours = enveloped(EXAMPLES["grant"])
    theirs = Theirs(ours.payload, "application/vnd.wardline.vault.v1.grant+json", {})
    theirs.sign(CryptoSigner(Ed25519PrivateKey.from_private_bytes(filled("ada"))))
    read = read_envelope(json.dumps(theirs.to_dict()).encode())
    assert read.signers([signer("ada").public]) == frozenset()  # another name for the key
    named = replace(
        read, signatures=(replace(read.signatures[0], key_id=ours.cosigned(signer("ada")).signatures[0].key_id),)
    )
    assert named.signers([signer("ada").public]) == {signer("ada").public}


def test_a_digest_covers_kind_and_payload_and_no_signature() -> None:
    envelope = enveloped(EXAMPLES["grant"])
    assert envelope.digest == envelope.cosigned(signer("ada")).digest
    assert envelope.digest != replace(envelope, kind="join").digest
    assert envelope.digest != replace(envelope, payload=b"{}").digest


def test_signing_twice_is_signing_once() -> None:
    envelope = enveloped(EXAMPLES["grant"], signer("ada"), signer("bob"), signer("ada"))
    assert len(envelope.signatures) == 2
    assert read_envelope(envelope.written()) == envelope


def test_a_document_of_another_kind_or_root_is_refused() -> None:
    content = enveloped(EXAMPLES["grant"], signer("ada")).written()
    assert unverified(Grant, content, ROOT_ID).document == EXAMPLES["grant"]
    with pytest.raises(WrongKindError):
        unverified(Revocation, content, ROOT_ID)
    with pytest.raises(ForeignRootError):
        unverified(Grant, content, filled("another root"))


def test_a_signature_of_another_document_or_kind_is_none() -> None:
    ada = signer("ada")
    made = enveloped(EXAMPLES["grant"], ada)
    for other in (replace(made, kind="join"), replace(made, payload=made.payload + b" ")):
        with pytest.raises(SignatureError):
            other.require_signer(ada.public, "ada")
    made.require_signer(ada.public, "ada")


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": "e30"},
        {"payload": "e31="},
        {"payload": 1},
        {"payload": "é"},
        {"payloadType": "application/vnd.in-toto+json"},
        {"payloadType": None},
        {"signatures": {}},
        {"signatures": [{"keyid": "a", "sig": "AA=="}]},
        {"signatures": [{"keyid": 1, "sig": "A" * 86 + "=="}]},
        {"signatures": [{"sig": "A" * 86 + "=="}]},
        {"more": 1},
    ],
    ids=str,
)
def test_an_envelope_of_another_shape_is_refused(changes: dict[str, object]) -> None:
    members = {**json.loads(Envelope("grant", b"{}").written()), **changes}
    with pytest.raises(MalformedError):
        read_envelope(json.dumps(members).encode())


def test_an_envelope_that_is_too_large_is_refused() -> None:
    with pytest.raises(MalformedError, match="may have"):
        read_envelope(b" " * (3 * 1024 * 1024 + 1))
