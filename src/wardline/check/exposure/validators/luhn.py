"""The check digit of payment cards and others. Source: ISO/IEC 7812-1, annex B (H. P. Luhn, US patent 2,950,048)."""


def valid(value: bytes) -> bool:
    """Return whether the digits of a value, whatever stands between them, end in the right check digit."""
    digits = [byte - 48 for byte in value if 48 <= byte <= 57]
    return len(digits) > 1 and _sum(digits) % 10 == 0


def complete(value: bytes) -> bytes:
    """Return the value with its last digit made the right one: an example."""
    digits = [byte - 48 for byte in value if 48 <= byte <= 57]
    wanted = (digits[-1] - _sum(digits)) % 10
    at = max(place for place, byte in enumerate(value) if 48 <= byte <= 57)
    return value[:at] + b"%d" % wanted + value[at + 1 :]


def _sum(digits: list[int]) -> int:
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(doubled)
