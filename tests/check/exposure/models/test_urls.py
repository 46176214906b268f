import pytest
from tests.check.exposure.models.candidates import candidate

from wardline.check.exposure.models.urls import judge


def address(value, after=b"@db.acme.io:5432/app"):
    return candidate(value, name=b"", before=b"postgres://app:", after=after)


def test_what_stands_before_the_at_sign_is_a_password():
    assert judge(address(b"kT7-wolp-93x")) in {"high", "medium"}


@pytest.mark.parametrize("after", [b"@example.com/x", b"@host:80", b"@db.example/x"])
def test_an_address_of_documentation_is_said_quietly(after):
    assert judge(address(b"kT7-wolp-93x", after)) == "low"


@pytest.mark.parametrize("value", [b"password", b"PASS", b"8080", b"${PASSWORD}", b"user"])
def test_placeholders_are_none(value):
    assert judge(address(value)) is None
