"""The ledger: what was decided by whom, in order, and the proofs that nothing of it was changed since."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Annotated, Any, Final, Literal

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints
from starlette.responses import Response

from wardline.api.caller import Call, Called
from wardline.api.listing import Paging, Rows, listed, listed_whole
from wardline.api.routing import route, router
from wardline.api.words import AccountId, AnyId, Asked, Hex, Number, Shown
from wardline.kernel.errors import NotFoundError
from wardline.kernel.identity.model import Principal
from wardline.kernel.ledger.model import Head
from wardline.kernel.paging import Listing, Page

ROUTER = router("ledger")
_LINES: Final = 500
_EXPORTED: Final = {
    "200": {"description": "The ledger", "content": {"application/jsonl": {"schema": {"type": "string"}}}}
}
EventOrNumber = Annotated[str, StringConstraints(pattern=r"^(evt-[0-7][0-9a-hjkmnp-tv-z]{25}|[0-9]{1,15})$")]
Action = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z]+:[a-z-]*$")]


class EventShown(Shown):
    """One decision or change."""

    number: int | None = Field(description="its place in the ledger; null for the moment before it is numbered")
    id: str
    at: datetime
    actor: str
    actor_name: str
    via: str
    action: str
    subject: str
    about: list[str]
    details: dict[str, Any]


class HeadShown(Shown):
    """A signed promise over the first `size` events: their Merkle root (RFC 9162 section 2.1)."""

    size: int
    root: Hex
    at: datetime
    key_id: str
    signature: Hex


class KeyShown(Shown):
    """A key that heads are signed with (Ed25519). It signs heads over more than `since` events."""

    key_id: str
    public: Hex
    since: int
    vouched: bool


class ProofShown(Shown):
    """Hashes that lead from `first_hash` to `root`."""

    kind: Literal["inclusion", "consistency"]
    first: int
    size: int
    first_hash: Hex
    root: Hex
    hashes: list[Hex]


class NoteShown(Shown):
    """The newest head as a signed note, to be kept where nobody of the platform can change it."""

    note: str


class EventsAsked(Paging):
    """Which events."""

    about: AnyId | None = Field(None, description="an id: what happened to it, or concerned it")
    actor: AccountId | Literal["platform"] | None = None
    action: Action | None = Field(None, description="`waiver:approved`, or `waiver:` for all about waivers")


class InclusionAsked(Asked):
    """Which event, in which ledger."""

    number: Number
    size: Number


class ConsistencyAsked(Asked):
    """Which two sizes of the ledger."""

    first: Number
    second: Number


@route(ROUTER, "GET", "/events", needs="ledger:read", shows=Rows[EventShown], lists=True)
async def list_events(call: Called, asked: Annotated[EventsAsked, Query()]) -> Response:
    """List events, the newest first. As JSON Lines this is the ledger's export."""

    def events(who: Principal, page: Page) -> Listing[Any]:
        listing = call.services.ledger.list
        return listing(who, about=asked.about, actor=asked.actor, action=asked.action, page=page)

    return await listed(call, asked, events)


@route(ROUTER, "GET", "/events/{event}", needs="ledger:read", shows=EventShown)
async def get_event(call: Called, event: EventOrNumber) -> Response:
    """Show one event, by its id or its number."""
    return await call.answer(call.services.ledger.get, event)


@route(ROUTER, "GET", "/head", needs="ledger:read", shows=HeadShown, may=(404,))
async def get_head(call: Called) -> Response:
    """Show the newest signed head."""

    def head(who: Principal) -> Head:
        found = call.services.ledger.head(who)
        if found is None:
            raise NotFoundError("nothing has been numbered yet", hint="ask again in a second")
        return found

    return await call.answer(head)


@route(ROUTER, "GET", "/note", needs="ledger:read", shows=NoteShown)
async def get_note(call: Called) -> Response:
    """Show the newest head as a signed note, to be kept elsewhere ("" where there is none yet)."""
    return await call.answer(lambda who: {"note": call.services.ledger.note(who)})


@route(ROUTER, "GET", "/heads", needs="ledger:read", shows=Rows[HeadShown], lists=True)
async def list_heads(call: Called, asked: Annotated[Paging, Query()]) -> Response:
    """List signed heads, the newest first."""
    return await listed(call, asked, call.services.ledger.heads)


@route(ROUTER, "GET", "/keys", needs="ledger:read", shows=Rows[KeyShown], lists=True)
async def list_keys(call: Called, asked: Annotated[Paging, Query()]) -> Response:
    """List the keys that heads are signed with, in order."""
    return await listed_whole(call, asked, call.services.ledger.keys)


@route(ROUTER, "GET", "/inclusion", needs="ledger:read", shows=ProofShown)
async def prove_inclusion(call: Called, asked: Annotated[InclusionAsked, Query()]) -> Response:
    """Prove that an event is among the first `size` (RFC 9162 section 2.1.3)."""
    return await call.answer(partial(call.services.ledger.inclusion, number=asked.number, size=asked.size))


@route(ROUTER, "GET", "/consistency", needs="ledger:read", shows=ProofShown)
async def prove_consistency(call: Called, asked: Annotated[ConsistencyAsked, Query()]) -> Response:
    """Prove that the ledger of `second` events begins with the one of `first` (RFC 9162 section 2.1.4)."""
    return await call.answer(partial(call.services.ledger.consistency, first=asked.first, second=asked.second))


@route(ROUTER, "GET", "/export", needs="ledger:read-all", shows=None, extra={"responses": _EXPORTED})
async def export_ledger(call: Called) -> Response:
    """Give the whole ledger as JSON lines, to be kept and checked elsewhere: `wardline ledger verify` does."""
    lines = await call.platform.hop(call.services.ledger.export, call.who)
    first = await call.platform.hop(_some, lines)
    return StreamingResponse(
        _all(call, lines, first),
        media_type="application/jsonl",
        headers={"cache-control": "no-store", "content-disposition": 'attachment; filename="wardline-ledger.jsonl"'},
    )


def _some(lines: Iterator[str]) -> bytes:
    return "".join(islice(lines, _LINES)).encode()


async def _all(call: Call, lines: Iterator[str], first: bytes) -> AsyncIterator[bytes]:
    piece = first
    while piece:
        yield piece
        piece = await call.platform.hop(_some, lines)
