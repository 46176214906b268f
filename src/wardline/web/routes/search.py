"""Search everywhere, and one address for every identifier."""

from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from wardline.findings import words
from wardline.findings.model import STATES, Query
from wardline.kernel import ids
from wardline.kernel.errors import AskedWronglyError, NotFoundError
from wardline.kernel.paging import Page
from wardline.web.asking import Asked
from wardline.web.routing import Look

_EACH: Final = 10
_LONGEST: Final = 200
_PLACES: Final = {
    "acc": "/settings/people/{}",
    "evt": "/ledger/{}",
    "fnd": "/findings/{}",
    "svc": "/services/{}",
    "tea": "/settings/teams/{}",
    "wvr": "/waivers/{}",
}


def search(asked: Asked) -> Response:
    """Return what a text or an identifier finds, by kind."""
    text = asked.query.get("q", "").strip()[:_LONGEST]
    place = _place(text)
    if place:
        return RedirectResponse(place, status_code=303)
    found = _found(asked, text) if text else []
    return asked.html("search.html", search_text=text, found=found, left_out=words.left_out(text))


def resolve(asked: Asked) -> Response:
    """Go to whatever an identifier names."""
    wanted = asked.parameters["id"]
    place = "/settings/policy" if wanted == "policy" else _place(wanted)  # the ledger calls the one there is so
    if place is None:
        raise NotFoundError("this is no identifier of ours", hint="search for a part of its name instead")
    return RedirectResponse(place, status_code=303)


def _place(identifier: str) -> str | None:
    """Return where an identifier leads: its own page, else its events in the ledger; None for what is none."""
    identifier = identifier.strip().lower()
    try:
        kind = ids.kind(identifier)
    except AskedWronglyError:
        return None
    return _PLACES.get(kind, "/ledger?about={}").format(identifier)


def _found(asked: Asked, text: str) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return groups of (title, address of all, rows of (address, name, words))."""
    services, who = asked.services, asked.who
    groups = []
    if asked.may("finding:read"):
        rows = services.findings.list(who, Query(states=frozenset(STATES), text=text), Page(_EACH)).rows
        found = [(f"/findings/{one.id}", one.title, _about(one)) for one in rows]
        groups.append(("Findings", _all("/findings", text), found))
    if asked.may("catalog:read"):
        listed = services.catalog.services(who, text, Page(_EACH)).rows
        found = [
            (f"/services/{one.slug}", one.name, f"tier {one.tier} · {one.repository or one.slug}") for one in listed
        ]
        groups.append(("Services", _all("/services", text), found))
        teams = [one for one in services.catalog.teams(who, Page(1000)).rows if text.casefold() in one.name.casefold()]
        groups.append(
            ("Teams", "/settings/teams", [(f"/settings/teams/{one.id}", one.name, one.slug) for one in teams[:_EACH]])
        )
    if asked.may("account:read"):
        people = services.identity.accounts(who, Page(_EACH), text).rows
        found = [(f"/settings/people/{one.id}", one.name, one.email or "") for one in people]
        groups.append(("People", _all("/settings/people", text), found))
    return [group for group in groups if group[2]]


def _about(one: Any) -> str:
    return f"{one.severity} · {one.state} · {one.service_name} · {one.place}"


def _all(path: str, text: str) -> str:
    from urllib.parse import urlencode

    return f"{path}?{urlencode({'q': text, **({'state': 'any'} if path == '/findings' else {})})}"


ROUTES: Final = (
    Look("/search", search, "a session"),
    Look("/id/{id}", resolve, "a session"),
)
