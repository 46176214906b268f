import hmac
from base64 import b64decode
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.custodian.scram import matches, verifier

# RFC 7677 §3: user "user", password "pencil".
_SALT = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
_NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
_SAID = f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={_NONCE}".encode()
_PROOF = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
_SERVER = b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")


def test_the_keys_are_those_of_the_rfcs_example() -> None:
    kept = verifier("pencil", salt=_SALT)
    assert kept.startswith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$")
    stored, server = map(b64decode, kept.rpartition("$")[2].split(":"))
    assert hmac.digest(server, _SAID, "sha256") == _SERVER
    signature = hmac.digest(stored, _SAID, "sha256")
    assert sha256(bytes(a ^ b for a, b in zip(_PROOF, signature, strict=True))).digest() == stored


def test_a_verifier_is_never_the_same_and_matches_its_password_alone() -> None:
    first, second = verifier("made-up"), verifier("made-up")
    assert first != second
    assert matches(first, "made-up")
    assert matches(second, "made-up")
    assert not matches(first, "made-UP")


@pytest.mark.parametrize("password", ["", "schlüssel", "a\nb", "a\x00", "\u00aa"])
def test_a_password_that_two_clients_could_prepare_differently_is_refused_and_not_repeated(password: str) -> None:
    with pytest.raises(AskedWronglyError) as refused:
        verifier(password)
    assert not password or password not in refused.value.detail


@given(st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_whatever_a_server_keeps_is_a_verifier_or_is_not(kept: str) -> None:
    assert matches(kept, "made-up") is False
