"""International bank account numbers: the length of the country and the check digits. Source: ISO 13616-1, ISO 7064."""

from typing import Final

# Lengths from SWIFT's IBAN registry, of the countries whose accounts are met most.
_LENGTHS: Final = {
    "NO": 15, "BE": 16, "DK": 18, "FI": 18, "FO": 18, "GL": 18, "NL": 18, "MK": 19, "SI": 19,
    "AT": 20, "BA": 20, "EE": 20, "KZ": 20, "LT": 20, "LU": 20, "CH": 21, "HR": 21, "LI": 21,
    "LV": 21, "BG": 22, "BH": 22, "CR": 22, "DE": 22, "GB": 22, "GE": 22, "IE": 22, "ME": 22,
    "RS": 22, "AE": 23, "GI": 23, "IL": 23, "AD": 24, "CZ": 24, "ES": 24, "MD": 24, "PK": 24,
    "RO": 24, "SA": 24, "SE": 24, "SK": 24, "TN": 24, "VG": 24, "PT": 25, "IS": 26, "TR": 26,
    "FR": 27, "GR": 27, "IT": 27, "MC": 27, "SM": 27, "AL": 28, "AZ": 28, "CY": 28, "DO": 28,
    "GT": 28, "HU": 28, "LB": 28, "PL": 28, "BR": 29, "EG": 29, "PS": 29, "QA": 29, "JO": 30,
    "KW": 30, "MT": 31, "MU": 31,
}  # fmt: skip


def valid(value: bytes) -> bool:
    """Return whether the value has its country's length, and its check digits are right (mod 97)."""
    plain = value.replace(b" ", b"").upper()
    if len(plain) != _LENGTHS.get(plain[:2].decode("ascii", "replace")):
        return False
    return _number(plain[4:] + plain[:4]) % 97 == 1


def complete(value: bytes) -> bytes:
    """Return the value with its check digits, and of its country's length: an example."""
    country = value[:2].decode()
    body = value[4:].replace(b" ", b"").ljust(40, b"7")[: _LENGTHS[country] - 4]
    return value[:2] + b"%02d" % (98 - _number(body + value[:2] + b"00") % 97) + body


def _number(plain: bytes) -> int:
    """Return the digits with letters as two: A is 10, Z is 35."""
    return int("".join(str(int(chr(byte), 36)) for byte in plain))
