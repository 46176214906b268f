"""What a machine signs to come in at a server: a challenge, and the server's name beside it.

No document's signature is one of these: a document's begins with `DSSEv1`. The name is the host that the machine asked,
so that one server cannot come in at another in the machine's place.
"""

from typing import Final

from wardline.vault.protocol.encoding import packed

_CONTEXT: Final = "wardline-vault-agent-challenge-1"
NONCE_BYTES: Final = 32


def message(host: str, challenge: bytes) -> bytes:
    """Return the bytes to sign."""
    return packed(_CONTEXT, (host.encode(), challenge))
