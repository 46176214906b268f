from base64 import b64encode

import pytest
from tests.check.exposure.models.candidates import candidate

from wardline.check.exposure.models.headers import judge


def header(plain):
    return candidate(b64encode(plain), name=b"authorization", before=b"Authorization: Basic ")


def test_a_name_and_a_password_are_a_credential():
    assert judge(header(b"deploy:kT7-wolp-93x")) is not None


@pytest.mark.parametrize("plain", [b"nothing else", b"user:", b"\x00\x01:\x02", "ü:passwörter".encode()])
def test_what_is_no_name_and_password_is_none(plain):
    assert judge(header(plain)) is None


def test_what_is_no_base64_is_none():
    assert judge(candidate(b"not*base64")) is None


def test_a_weak_password_beside_a_name_is_said_quietly():
    assert judge(header(b"admin:${PASSWORD}")) == "low"
    assert judge(header(b":${PASSWORD}")) is None
