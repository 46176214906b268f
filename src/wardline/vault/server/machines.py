"""How custodians and agents come in: a signed challenge for a short token. It opens the door and nothing else.

A token says which key somebody holds. What that key is worth, every party finds out for itself from signed documents.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from wardline.kernel.errors import TooLargeError, UnauthenticatedError
from wardline.vault.protocol import entering
from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.envelope import unverified
from wardline.vault.protocol.keys import signed, usable
from wardline.vault.protocol.model.binding import Binding
from wardline.vault.server import store
from wardline.vault.server.model import Challenge, Entered, Kept, Machine
from wardline.vault.server.room import Room, actor, require_custodian

TOKEN_PREFIX: Final = "wlm_"  # noqa: S105 - how a machine's token begins
CHALLENGE_LIFETIME: Final = timedelta(minutes=1)
TOKEN_LIFETIME: Final = timedelta(minutes=10)
MAX_BINDING_BYTES: Final = 256 * 1024
_KEPT_FOR: Final = timedelta(hours=2)


class Machines(Room):
    """Challenges, tokens and bindings."""

    def challenge(self) -> Challenge:
        """Return a nonce that is good once."""
        now = self._clock()
        made = Challenge(secrets.token_bytes(entering.NONCE_BYTES), now + CHALLENGE_LIFETIME)
        with self._database.transaction() as tx:
            store.challenge(tx, made.nonce, made.expires_at, now)
        return made

    def enter(self, host: str, signing: bytes, nonce: bytes, signature: bytes) -> Entered:
        """Return a token for whoever holds a key: a custodian's of the root, or that of a binding that was handed in.

        `host` is the name that this server was asked under. Raises: `UnauthenticatedError`, which does not say what was
        wrong.
        """
        now = self._clock()
        with self._database.transaction() as tx:
            fresh = store.use_challenge(tx, nonce, now)
            machine = self._who(tx, signing, now)
        if not fresh or machine is None or not usable(signing):
            raise _stranger()
        if not signed(signing, signature, entering.message(host, nonce)):
            raise _stranger()
        token, expires = TOKEN_PREFIX + secrets.token_urlsafe(32), now + TOKEN_LIFETIME
        with self._database.transaction() as tx:
            store.add_machine(tx, sha256(token.encode()).digest(), machine, expires, now)
        return Entered(token, machine.role, expires)

    def machine(self, token: str) -> Machine:
        """Return whose token this is; a custodian that the newest root leaves out is nobody any more.

        Raises: `UnauthenticatedError`.
        """
        with self._database.reading() as tx:
            found = store.machine(tx, sha256(token.encode()).digest(), self._clock())
            if found is None or (found.role == "custodian" and not self._still(tx, found)):
                raise _stranger()
        return found

    def bind(self, content: bytes) -> None:
        """Keep an agent's binding for the custodians to look at: its newest one. It needs no token.

        Raises: `RefusedError` for a binding that is none, has ended, or is not signed with the key in it.
        """
        if len(content) > MAX_BINDING_BYTES:
            raise TooLargeError(f"a binding has at most {MAX_BINDING_BYTES} bytes")
        now = self._clock()
        with self._database.transaction() as tx:
            read = unverified(Binding, content, self._trusted(tx).id)
            said = read.document
            read.envelope.require_signer(said.signing, "the key in it")
            if said.expires < now:
                raise UnauthenticatedError("the binding has ended", hint="make a new one; look at this machine's clock")
            name = b64(said.signing)
            key_id = said.sealing.key_id
            who = actor(Machine("agent", _name(key_id), "", said.signing, key_id))
            self._keep(tx, who, read.envelope, name=name, refers=key_id)
            store.forget(tx, "binding", name=name, but=read.digest)
            store.forget(tx, "binding", but=read.digest, before=now - _KEPT_FOR)

    def bindings(self, machine: Machine) -> list[Kept]:
        """Return the bindings that were handed in and may still be good, for a custodian to look at."""
        require_custodian(machine)
        with self._database.reading() as tx:
            return store.since(tx, "binding", self._clock() - _KEPT_FOR)

    def _still(self, tx: Connection, machine: Machine) -> bool:
        named = self._trusted(tx).root.custodian(machine.zone, machine.name)
        return named is not None and named.signing == machine.signing

    def _who(self, tx: Connection, signing: bytes, now: datetime) -> Machine | None:
        trusted = self._trusted(tx)
        for zone in trusted.root.zones:
            for one in zone.custodians:
                if one.signing == signing:
                    return Machine("custodian", one.name, zone.name, signing, one.sealing.key_id)
        for kept in store.named(tx, "binding", b64(signing)):
            said = unverified(Binding, kept.content, trusted.id).document
            if said.expires >= now:
                return Machine("agent", _name(said.sealing.key_id), "", signing, said.sealing.key_id)
        return None


def _name(key_id: bytes) -> str:
    return f"agent {key_id.hex()[:16]}"


def _stranger() -> UnauthenticatedError:
    return UnauthenticatedError(
        "this token or signature opens nothing", hint="hand in a binding, and sign a fresh challenge with its key"
    )
