"""Values that are a JSON object in base64. Source: RFC 4648 §4 and §5."""

from base64 import b64decode, b64encode
from binascii import Error


def valid(value: bytes) -> bool:
    """Return whether the value is base64, of either alphabet, of a JSON object."""
    import orjson

    plain = value.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return isinstance(orjson.loads(b64decode(plain + b"=" * (-len(plain) % 4), validate=True)), dict)
    except (Error, ValueError):
        return False


def complete(value: bytes) -> bytes:
    """Return an object in base64 that holds the value's letters: an example."""
    letters = bytes(byte for byte in value if chr(byte).isalnum())
    return b64encode(b'{"t":"%s"}' % letters)
