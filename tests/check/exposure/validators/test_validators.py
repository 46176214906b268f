"""Every validator says yes to what it completes and no to the same with one character changed."""

from importlib import import_module
from pathlib import Path

import pytest

from wardline.check.exposure import validators
from wardline.check.exposure.examples import generated, seeded

NAMES = sorted(path.stem for path in Path(validators.__path__[0]).glob("[a-z]*.py"))
SHAPES = {
    "luhn": "[0-9]{16}",
    "card": "4[0-9]{15}",
    "crc32_base62_github": "ghp_[A-Za-z0-9]{36}",
    "iban": "DE00[0-9]{18}",
    "us_ssn": "[0-9]{3}-[0-9]{2}-[0-9]{4}",
    "weighted": "[1-9][0-9]{7}A",
    "discord": r"MT[A-Za-z0-9]{22}\.[A-Za-z0-9]{6}\.[A-Za-z0-9]{27}",
    "jwt": "[A-Za-z0-9]{60}",
    "base64_of_json": "[A-Za-z0-9]{30}",
    "pem": "MIIEpAIBAAKCAQEA[A-Za-z0-9+/]{48}",
}
CHANGED_TO = {
    "us_ssn": b"666-12-3456",
    "jwt": b"eyJ.e30.x",
    "pem": b"....",
    "base64_of_json": b"{}",
    "discord": b"M.a.b",
}


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_what_is_completed_is_valid_and_what_is_changed_is_not(name):
    module = import_module(f"{validators.__name__}.{name}")
    for seed in range(20):
        value = module.complete(generated(SHAPES[name], seeded(f"{name} {seed}")).encode())
        assert module.valid(value), seed
        at = len(value) - 1
        other = b"1" if value[at:] != b"1" else b"2"
        assert not module.valid(CHANGED_TO.get(name, value[:at] + other))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [b"", b"-", b"\0\xff", b"a" * 5000, "ü".encode(), b"1" * 5000, b"=" * 40])
def test_no_value_is_too_strange(name, value):
    assert import_module(f"{validators.__name__}.{name}").valid(value) in {True, False}


def test_numbers_from_the_standards_are_valid():
    # ISO 13616's own example, in halves: the mask of a bank that does not exist
    iban = import_module(f"{validators.__name__}.iban")
    assert iban.valid(b"GB82 WEST 1234" + b" 5698 7654 32")
    assert import_module(f"{validators.__name__}.luhn").valid(b"7992739871" + b"3")
    assert import_module(f"{validators.__name__}.weighted").valid(b"1234567" + b"8Z")
