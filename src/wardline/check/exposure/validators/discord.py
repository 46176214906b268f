"""Discord's bot tokens: the first of three parts is the bot's user number (a snowflake), in base64.

Source: Discord developer documentation, "Reference: Snowflakes" and "Authentication".
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final

_DIGITS: Final = range(17, 21)


def valid(value: bytes) -> bool:
    """Return whether the first part is the base64 of a number of 17 to 20 digits."""
    part = value.partition(b".")[0]
    try:
        number = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except Error:
        return False
    return number.isdigit() and len(number) in _DIGITS


def complete(value: bytes) -> bytes:
    """Return the value with a user number made from its letters: an example."""
    letters, _, rest = value.partition(b".")
    number = b"".join(b"%d" % (byte % 10) for byte in letters)[:19]
    return urlsafe_b64encode(b"1" + number[1:]).rstrip(b"=") + b"." + rest
