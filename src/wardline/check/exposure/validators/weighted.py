"""National numbers with a check digit of their own, each told by its shape.

Sources: Spain, Real Decreto 1553/2005 (DNI: the number modulo 23 names the letter) and its order for foreigners (NIE);
France, INSEE (NIR: 97 minus the number modulo 97); Poland, ustawa o ewidencji ludności (PESEL: weights 1 3 7 9);
Brazil, Receita Federal (CPF: two digits modulo 11); Finland, väestötietojärjestelmä (HETU: modulo 31).
"""

from collections.abc import Callable
from typing import Final

_SPANISH: Final = b"TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH: Final = b"0123456789ABCDEFHJKLMNPRSTUVWXY"


def valid(value: bytes) -> bool:
    """Return whether the value's check digits are right for the one kind of number that it looks like."""
    plain = bytes(byte for byte in value.upper() if chr(byte).isalnum())
    kind = _kind(value, plain)
    return kind is not None and kind(plain) == plain


def complete(value: bytes) -> bytes:
    """Return the value with its check digits: an example."""
    plain = bytes(byte for byte in value.upper() if chr(byte).isalnum())
    kind = _kind(value, plain)
    return kind(plain) if kind is not None else value


def _kind(value: bytes, plain: bytes) -> Callable[[bytes], bytes] | None:
    """Return what writes the check digits of the number that a value looks like."""
    if len(plain) == 9 and plain[1:8].isdigit() and plain[8:].isalpha():
        return _dni
    if len(plain) == 15 and plain.isdigit():
        return _nir
    if len(plain) == 11 and plain.isdigit():
        return _cpf if b"." in value else _pesel
    if len(plain) == 10 and plain[:6].isdigit() and plain[6:9].isdigit():
        return _hetu
    return None


def _dni(plain: bytes) -> bytes:
    first = {b"X": b"0", b"Y": b"1", b"Z": b"2"}.get(plain[:1], plain[:1])
    if not first.isdigit():
        return b""
    return plain[:8] + _SPANISH[int(first + plain[1:8]) % 23 :][:1]


def _nir(plain: bytes) -> bytes:
    return plain[:13] + b"%02d" % (97 - int(plain[:13]) % 97)


def _pesel(plain: bytes) -> bytes:
    total = sum(weight * (digit - 48) for weight, digit in zip((1, 3, 7, 9) * 3, plain[:10], strict=False))
    return plain[:10] + b"%d" % (-total % 10)


def _cpf(plain: bytes) -> bytes:
    digits = [digit - 48 for digit in plain[:9]]
    for _ in range(2):
        rest = sum(weight * digit for weight, digit in zip(range(len(digits) + 1, 1, -1), digits, strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return bytes(digit + 48 for digit in digits)


def _hetu(plain: bytes) -> bytes:
    return plain[:9] + _FINNISH[int(plain[:9]) % 31 :][:1]
