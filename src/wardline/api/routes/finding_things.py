"""Finding things: by an id, whatever it is of, and by words."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

from fastapi import Query as InQuery
from pydantic import Field
from starlette.responses import Response

from wardline.api.caller import Called
from wardline.api.routing import route, router
from wardline.api.words import AnyId, Asked, Line, Shown
from wardline.findings import words
from wardline.findings.model import STATES, Query
from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, NotFoundError
from wardline.kernel.identity.model import Principal, allowed
from wardline.kernel.paging import Page
from wardline.services import Services

IDS = router("ids")
SEARCH = router("search")
_EACH: Final = 10


class Thing(Shown):
    """Something that has an id: what it is, what it is called, and where it is, in the API and as a page."""

    id: str
    kind: str
    title: str
    api: str
    page: str


class ThingsShown(Shown):
    """What was found, at most ten of each kind; `left_out` are words that no finding is found by ("the")."""

    things: list[Thing]
    left_out: list[str] = Field(default_factory=list)


class SearchAsked(Asked):
    """Words that are looked for."""

    text: Line = Field(description="in names, titles, places, rules, advisories; or an id")


def _finding(services: Services, who: Principal, identifier: str) -> str:
    return services.findings.get(who, identifier).title


def _event(services: Services, who: Principal, identifier: str) -> str:
    return services.ledger.get(who, identifier).action


def _report(services: Services, who: Principal, identifier: str) -> str:
    return services.findings.report(who, identifier).source


def _waiver(services: Services, who: Principal, identifier: str) -> str:
    shown = services.waivers.get(who, identifier)
    return f"{shown.standing}: {shown.waiver.justification[:100]}"


# For each kind of id: what it is called, and where it is.
_KINDS: Final[dict[str, tuple[Callable[[Services, Principal, str], str], str, str]]] = {
    "acc": (lambda services, who, one: services.identity.account(who, one).name, "/accounts/{}", "/id/{}"),
    "evt": (_event, "/ledger/events/{}", "/id/{}"),
    "fnd": (_finding, "/findings/{}", "/findings/{}"),
    "rep": (_report, "/reports/{}", "/id/{}"),
    "svc": (lambda services, who, one: services.catalog.service(who, one).name, "/services/{}", "/id/{}"),
    "tea": (lambda services, who, one: services.catalog.team(who, one).name, "/teams/{}", "/id/{}"),
    "wvr": (_waiver, "/waivers/{}", "/waivers/{}"),
}


def thing(services: Services, who: Principal, identifier: str) -> Thing:
    """Return what an id names: what has no page of its own is found by what the ledger says of it.

    Raises: `NotFoundError`, also for what `who` may not know of; `AskedWronglyError` for what is no id.
    """
    kind = ids.kind(identifier)
    if kind not in _KINDS:
        return _recorded(services, who, kind, identifier)
    return _made(kind, identifier, _KINDS[kind][0](services, who, identifier))


def _recorded(services: Services, who: Principal, kind: str, identifier: str) -> Thing:
    """Return a session, a token, a binding, … as the newest event about it names it."""
    if allowed(who, "ledger:read"):
        events = services.ledger.list(who, about=identifier, page=Page(1)).rows
        if events:
            address = f"/ledger?about={identifier}"
            api = f"/api/v1/ledger/events?about={identifier}"
            return Thing(id=identifier, kind=ids.KINDS[kind], title=events[0].action, api=api, page=address)
    raise NotFoundError(f"there is no such {ids.KINDS[kind]}", hint="look at the list that it would be in")


def _made(kind: str, identifier: str, title: str) -> Thing:
    _, api, page = _KINDS[kind]
    where, shown = f"/api/v1{api.format(identifier)}", page.format(identifier)
    return Thing(id=identifier, kind=ids.KINDS[kind], title=title, api=where, page=shown)


def _found(services: Services, who: Principal, text: str) -> Iterator[Thing]:
    page = Page(_EACH)
    if allowed(who, "catalog:read"):
        yield from (_made("svc", one.id, one.name) for one in services.catalog.services(who, text, page).rows)
    if allowed(who, "finding:read"):
        wanted = Query(states=frozenset(STATES), text=text)
        yield from (_made("fnd", one.id, one.title) for one in services.findings.list(who, wanted, page).rows)
    if allowed(who, "account:read"):
        yield from (_made("acc", one.id, one.name) for one in services.identity.accounts(who, page, text).rows)


@route(IDS, "GET", "/{identifier}", needs="a token", shows=Thing)
async def get_thing(call: Called, identifier: AnyId) -> Response:
    """Say what an id names, and where that is."""
    return await call.answer(lambda who: thing(call.services, who, identifier))


@route(SEARCH, "GET", "", needs="a token", shows=ThingsShown)
async def search(call: Called, asked: Annotated[SearchAsked, InQuery()]) -> Response:
    """Find services, findings and people by words; an id finds what it names."""

    def found(who: Principal) -> dict[str, Any]:
        try:
            return {"things": [thing(call.services, who, asked.text.strip())]}
        except AskedWronglyError:
            found = list(_found(call.services, who, asked.text.strip()))
            return {"things": found, "left_out": words.left_out(asked.text)}
        except NotFoundError:
            return {"things": []}

    return await call.answer(found)
