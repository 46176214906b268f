"""An approver's signing key, in a file of the approver's own: PKCS #8 in PEM, under a passphrase, 0600.

The key is made on the approver's machine and never leaves it. What others are given is its public line: `ada:BASE64`.
"""

import os
import stat
from pathlib import Path
from typing import Final

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.text import printable
from wardline.vault.protocol.encoding import b64, unb64
from wardline.vault.protocol.keys import KEY_BYTES, SoftwareSigner, usable

MAX_BYTES: Final = 16 * 1024


def made(path: Path, passphrase: bytes) -> SoftwareSigner:
    """Return a new key, kept in a file that was not there. An empty passphrase leaves the file as it is read.

    Raises: `AskedWronglyError` where something stands there, or it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = os.urandom(KEY_BYTES)
    protection = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    content = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
    )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise AskedWronglyError(
            f"{printable(str(path))} is there already", hint="a lost key is replaced by a new root: name another file"
        ) from None
    except OSError as error:
        raise AskedWronglyError(f"{printable(str(path))}: {error.strerror}", hint="name another file") from error
    return SoftwareSigner(seed)


def read(path: Path, passphrase: bytes | None) -> SoftwareSigner:
    """Return the key in a file; `passphrase` None where the file has none.

    Raises: `AskedWronglyError`: no such file, one that others may read, no key, or another passphrase.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    content = _content(path)
    try:
        private = serialization.load_pem_private_key(content, passphrase)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise AskedWronglyError(
            f"{printable(str(path))} does not open", hint="another passphrase, or another file"
        ) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise AskedWronglyError(f"{printable(str(path))} holds no Ed25519 key", hint="wardline vault key NAME")
    return SoftwareSigner(private.private_bytes_raw())


def protected(path: Path) -> bool:
    """Return whether a key file asks for a passphrase. Raises: `AskedWronglyError`."""
    return b"ENCRYPTED" in _content(path).partition(b"\n")[0]


def public_line(name: str, key: bytes) -> str:
    """Return what an approver hands to whoever drafts the root."""
    return f"{name}:{b64(key)}"


def read_public(line: str) -> tuple[str, bytes]:
    """Return the name and the key of a public line. Raises: `AskedWronglyError`."""
    name, colon, text = line.strip().rpartition(":")
    try:
        key = unb64(text)
    except ValueError:
        key = b""
    if not colon or not name or len(key) != KEY_BYTES or not usable(key):
        raise AskedWronglyError(
            f"{printable(line, max_chars=80)} is no approver's line", hint="`wardline vault key NAME` prints one"
        )
    return name, key


def _content(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode) or about.st_mode & 0o077:
                raise AskedWronglyError(
                    f"{printable(str(path))} can be read by others", hint=f"chmod 600 {printable(str(path))}"
                )
            return file.read(MAX_BYTES)
    except OSError as error:
        raise AskedWronglyError(
            f"{printable(str(path))}: {error.strerror}", hint="make a key: `wardline vault key NAME`"
        ) from error
