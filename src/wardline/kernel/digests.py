"""SHA-256 without OpenSSL: `hashlib` loads all of it, which takes 2 ms, a sixtieth of what a check has in all.

The interpreter's own implementation gives the same digests; the standard library's `random` takes it in the same way.
"""

__all__ = ["sha256"]

try:
    from _sha2 import sha256  # type: ignore[import-not-found] # Python 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found] # Python 3.11
    except ImportError:
        from hashlib import sha256
