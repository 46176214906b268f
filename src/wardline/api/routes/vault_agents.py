"""The vault, for agents (`vault/agent/servers.py`): they come in by their key, and are handed what is sealed to it."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from wardline.api.caller import Call, Called
from wardline.api.routing import route, router
from wardline.api.vault_words import (
    Base64Url,
    EnvelopeSent,
    EnvelopeShown,
    Octets,
    SecretPath,
    handed_in,
    octets,
    shown,
)
from wardline.api.words import Asked, Number, Shown
from wardline.kernel.errors import NotFoundError
from wardline.vault.server.handing import Handed
from wardline.vault.server.model import Machine

ROUTER = router("vault/agents")
_R = TypeVar("_R")
_LOOK_SECONDS = 0.1
_MAX_WAIT_SECONDS = 30


class RootsShown(Shown):
    """The chain of roots: envelopes as base64url."""

    roots: list[Octets]


class RevocationsShown(Shown):
    """What was taken away of a secret: envelopes as base64url."""

    revocations: list[Octets]


class KeyAsked(Asked):
    """Whose challenge."""

    signing: Base64Url


class ChallengeShown(Shown):
    """What to sign; good once, for a minute."""

    challenge: Octets


class TokenAsked(Asked):
    """A signed challenge."""

    signing: Base64Url
    challenge: Base64Url
    signature: Base64Url


class TokenShown(Shown):
    """A machine's token, and for how many seconds it is good."""

    token: str
    seconds: int


class PathsShown(Shown):
    """Paths of secrets."""

    paths: list[str]


class OfferAsked(Asked):
    """Which secret, and the size of the ledger's head that was seen last."""

    path: SecretPath
    seen: Number = 0


class LeafShown(Shown):
    """A version's entry in the ledger, with the proof that it stands under the head."""

    entry: Octets
    number: int
    proof: list[Octets]


class OfferShown(Shown):
    """All that shows that a version is the right one, and the version, sealed."""

    grant: Octets
    version: Octets
    wrap: Octets
    freshness: Octets
    head: Octets
    leaf: LeafShown
    known: list[Octets]
    stated: list[Octets]
    roots: list[Octets]
    epochs: list[Octets]


class ChangesAsked(Asked):
    """Since when, and how long to wait for something."""

    cursor: Number = 0
    seconds: Annotated[int, Field(ge=0, le=_MAX_WAIT_SECONDS)] = 0


class ChangesShown(Shown):
    """Secrets of this agent that something happened to, and where to ask on from."""

    cursor: int
    paths: list[str]


class OneSecret(Asked):
    """Which secret."""

    path: SecretPath


@route(ROUTER, "GET", "/roots", needs="nothing", shows=RootsShown)
async def agents_roots(call: Called) -> Response:
    """Show the chain of roots: whoever takes it compares the first with what it was given at install."""
    return await call.answer(lambda _: {"roots": call.services.vault.roots()})


@route(ROUTER, "POST", "/challenge", needs="nothing", shows=ChallengeShown)
async def agents_challenge(call: Called, asked: KeyAsked) -> Response:
    """Give a challenge to sign."""
    octets(asked.signing, "the key")
    return await call.answer(lambda _: {"challenge": call.services.vault.challenge().nonce})


@route(ROUTER, "POST", "/token", needs="nothing", shows=TokenShown)
async def agents_token(call: Called, asked: TokenAsked) -> Response:
    """Give a token for a challenge that was signed with a custodian's key, or with that of a binding."""
    given = [octets(text, "what was sent") for text in (asked.signing, asked.challenge, asked.signature)]

    def enter(_: Any) -> dict[str, Any]:
        entered = call.services.vault.enter(call.request.url.hostname or "", *given)
        return {"token": entered.token, "seconds": int((entered.expires_at - call.services.clock()).total_seconds())}

    return await call.answer(enter)


@route(ROUTER, "POST", "/bindings", needs="nothing", status=204)
async def agents_bind(call: Called, binding: EnvelopeSent) -> Response:
    """Hand in a binding for the custodians to look at."""

    def bind(_: Any) -> None:
        handed_in(lambda: call.services.vault.bind(binding.content()))

    return await call.answer(bind)


@route(ROUTER, "GET", "/secrets", needs="a machine", shows=PathsShown)
async def agents_secrets(call: Called) -> Response:
    """List the secrets of which something is sealed to this key."""
    return await call.answer(by_machine(call, lambda machine: {"paths": call.services.vault.paths(machine)}))


@route(ROUTER, "GET", "/offer", needs="a machine", shows=OfferShown, may=(404,))
async def agents_offer(call: Called, asked: Annotated[OfferAsked, Query()]) -> Response:
    """Hand out a secret's newest version, sealed, with all that shows that it is the right one."""

    def offer(machine: Machine) -> dict[str, Any]:
        return _offer(call.services.vault.offer(machine, asked.path, asked.seen))

    return await call.answer(by_machine(call, offer))


@route(ROUTER, "GET", "/changes", needs="a machine", shows=ChangesShown)
async def agents_changes(call: Called, asked: Annotated[ChangesAsked, Query()]) -> Response:
    """Wait until something happens to a secret of this agent, or the time is over."""
    machine = machine_of(call)
    until = asyncio.get_running_loop().time() + asked.seconds
    found = await call.platform.hop(call.services.vault.changes, machine, asked.cursor)
    while not found.paths and asyncio.get_running_loop().time() < until and not await call.request.is_disconnected():
        await asyncio.sleep(_LOOK_SECONDS)
        found = await call.platform.hop(call.services.vault.changes, machine, asked.cursor)
    return await call.answer(lambda _: found)


@route(ROUTER, "GET", "/grant", needs="a machine", shows=EnvelopeShown, may=(404,))
async def agents_grant(call: Called, asked: Annotated[OneSecret, Query()]) -> Response:
    """Show a secret's newest grant, as it was signed."""
    return await call.answer(by_machine(call, lambda machine: shown(call.services.vault.grant(machine, asked.path))))


@route(ROUTER, "GET", "/revocations", needs="a machine", shows=RevocationsShown, may=(404,))
async def agents_revocations(call: Called, asked: Annotated[OneSecret, Query()]) -> Response:
    """Show what was taken away of a secret that this machine had, as approvers signed it."""

    def taken(machine: Machine) -> dict[str, Any]:
        return {"revocations": call.services.vault.revocations(machine, asked.path)}

    return await call.answer(by_machine(call, taken))


@route(ROUTER, "POST", "/receipts", needs="a machine", status=204)
async def agents_receipt(call: Called, receipt: EnvelopeSent) -> Response:
    """Hand in the word that a version was delivered."""

    def hand_in(machine: Machine) -> None:
        handed_in(lambda: call.services.vault.receipt(machine, receipt.content()))

    return await call.answer(by_machine(call, hand_in))


@route(ROUTER, "POST", "/puts", needs="a machine", status=204)
async def agents_put(call: Called, put: EnvelopeSent) -> Response:
    """Hand in new fields of a secret, sealed to its custodians."""

    def hand_in(machine: Machine) -> None:
        handed_in(lambda: call.services.vault.put(machine, put.content()))

    return await call.answer(by_machine(call, hand_in))


def machine_of(call: Call) -> Machine:
    """Return the machine that asks. Raises: `NotFoundError` where it is none."""
    machine = getattr(call.request.state, "machine", None)
    if not isinstance(machine, Machine):
        raise NotFoundError("this is for machines of the vault")
    return machine


def by_machine(call: Call, use: Callable[[Machine], _R]) -> Callable[[Any], _R]:
    """Return what asks a service method as the machine that asks."""
    machine = machine_of(call)
    return lambda _: use(machine)


def _offer(handed: Handed) -> dict[str, Any]:
    leaf = {"entry": handed.entry, "number": handed.number, "proof": handed.inclusion}
    return {**handed._asdict(), "leaf": leaf}
