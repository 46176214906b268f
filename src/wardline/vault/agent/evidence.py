"""What an agent shows to say who it is: a token from a file that the platform keeps fresh, or a join document."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from wardline.kernel.errors import AskedWronglyError
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.errors import RefusedError
from wardline.vault.protocol.evidence import oidc
from wardline.vault.protocol.grants import Identity
from wardline.vault.protocol.model.binding import Evidence, Join
from wardline.vault.protocol.model.grant import JOIN_ISSUER

_MOST: Final = 64 * 1024


class Shown(NamedTuple):
    """Who this agent is by its evidence, and what makes it anew for each binding."""

    identity: Identity
    evidence: Callable[[], Evidence]


def from_token(path: Path, thumbprint: str) -> Shown:
    """Return what an OIDC token in a file shows; the file is read anew for each binding, for platforms replace it.

    Raises: `AskedWronglyError` where it cannot be read, or is for another audience than this agent's keys.
    """
    identity = oidc.own(_content(path))

    def evidence() -> Evidence:
        return Evidence("oidc", identity.issuer, _content(path))

    if thumbprint.encode() not in _payload(_content(path)):
        raise AskedWronglyError(
            f"{path}: the token's audience is not this agent", hint=f"ask the platform for the audience {thumbprint}"
        )
    return Shown(identity, evidence)


def from_join(path: Path, root_id: bytes) -> Shown:
    """Return what a join document in a file shows, that two approvers signed over this agent's thumbprint.

    Raises: `AskedWronglyError` where there is none.
    """
    content = _content(path)
    try:
        join = unverified(Join, content, root_id).document
    except RefusedError as error:
        raise AskedWronglyError(f"{path}: {error.detail}", hint=error.hint) from error

    def evidence() -> Evidence:
        return Evidence("join", JOIN_ISSUER, _content(path))

    return Shown(Identity(JOIN_ISSUER, (("name", join.name),)), evidence)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError as error:
        raise AskedWronglyError(f"{path}: {error.strerror}", hint="name the file that shows who this is") from error
    if len(content) > _MOST:
        raise AskedWronglyError(f"{path} is longer than {_MOST} bytes")
    return content.strip()


def _payload(token: bytes) -> bytes:
    """Return a token's claims as they are written, unverified: only to say early what custodians would refuse."""
    import base64

    middle = token.split(b".")[1] if token.count(b".") == 2 else b""
    try:
        return base64.urlsafe_b64decode(middle + b"=" * (-len(middle) % 4))
    except ValueError:
        return b""
