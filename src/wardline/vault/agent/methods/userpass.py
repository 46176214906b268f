"""The userpass auth method: a name and a password for a token. Passwords are kept as scrypt digests.

Source: Vault's API documentation, "Userpass auth method (HTTP API)"; checked against OpenBao 2.7.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple

from wardline.vault.agent.calls import (
    NOTHING,
    Answer,
    Call,
    RefusedError,
    absent,
    keys,
    text_field,
    unsupported_operation,
)
from wardline.vault.agent.estate import Estate
from wardline.vault.agent.methods.issuing import Terms, logged_in, terms

_MOST: Final = 1000
_WRONG: Final = "invalid username or password"


class _User(NamedTuple):
    salt: bytes
    digest: bytes
    terms: Terms


class Userpass:
    """One userpass mount."""

    def __init__(self, estate: Estate, options: Mapping[str, str]) -> None:
        del options
        self._estate = estate
        self._users: dict[str, _User] = {}

    def exists(self, path: str) -> bool:
        """Tell whether a user is there already."""
        word, _, name = path.partition("/")
        return word != "users" or name.lower() in self._users

    def open_to_all(self, call: Call) -> bool:
        """Let everybody log in."""
        return call.path.startswith("login/")

    def answer(self, call: Call) -> Answer:
        """Answer one call below the mount."""
        word, _, rest = call.path.partition("/")
        name, _, part = rest.lower().partition("/")
        if word == "login" and call.writes and name and not part:
            return self._login(call, name)
        if word != "users":
            raise RefusedError(404, "unsupported path")
        if not name:
            if call.operation != "list":
                raise unsupported_operation()
            return keys(sorted(self._users))
        if call.writes and part in {"", "password", "policies"}:
            return self._put(call, name, part)
        if part:
            raise RefusedError(404, "unsupported path")
        if call.operation == "delete":
            self._users.pop(name, None)
            return NOTHING
        if name not in self._users:
            raise absent()
        return Answer(data=self._users[name].terms.shown())

    def _put(self, call: Call, name: str, part: str) -> Answer:
        before = self._users.get(name)
        password = text_field(call.body, "password")
        if before is None and (part or not password):
            raise RefusedError(400, "missing password" if not part else "username does not exist")
        if before is None and len(self._users) >= _MOST:
            raise RefusedError(400, f"up to {_MOST} users stand here")
        salt = secrets.token_bytes(16) if password or before is None else before.salt
        digest = _digest(password, salt) if password or before is None else before.digest
        self._users[name] = _User(salt, digest, terms(call.body, before.terms if before else Terms()))
        return NOTHING

    def _login(self, call: Call, name: str) -> Answer:
        user = self._users.get(name) or _User(b"", b"", Terms())
        if not hmac.compare_digest(_digest(text_field(call.body, "password"), user.salt), user.digest):
            raise RefusedError(400, _WRONG)
        mount = call.whole.removesuffix(f"/{call.path}")
        shown = f"{mount.removeprefix('auth/')}-{name}"
        return logged_in(self._estate, user.terms.wish(call.whole, shown, {"username": name}))


def _digest(password: str, salt: bytes) -> bytes:
    # 4 MiB and about 8 ms: this stands in front of a process on the same machine, and is asked in the event loop
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=4096, r=8, p=1)
