"""The vault: how old values are, what is next and whose move it is; one secret; what waits for signatures.

No page holds a value, and none signs: people sign on their own machines, by the command that the page shows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from starlette.responses import Response

from wardline.kernel.errors import NotFoundError
from wardline.kernel.paging import Page
from wardline.vault.server.model import Consumer, Proposal, Secret
from wardline.web import rendering
from wardline.web.asking import Asked
from wardline.web.plots.ages import Age, ages
from wardline.web.routing import Look

_MOST: Final = 2000
_PAGE: Final = 200
_EXPIRES_SOON: Final = timedelta(days=30)
_STATES: Final = ("open", "done", "withdrawn")
_STEPS: Final = ("create", "apply", "verify", "publish", "retire")
_TITLES: Final = {
    "grant": "Grant of {}", "break-glass": "Break-glass access to {}", "epoch": "A new epoch", "root": "A new root",
    "solo-root": "A new solo root",
}  # fmt: skip


class Turn(NamedTuple):
    """Whose move it is, in words; `urgent` sorts the most pressing first, and `tone` is the style sheet's class."""

    urgent: int
    tone: str
    whose: str
    what: str


class Shown(NamedTuple):
    """A secret, and whose move it is."""

    secret: Secret
    turn: Turn
    expires_soon: bool


def overview(asked: Asked) -> Response:
    """Return all secrets: the plot, what is next, whose move."""
    standing = asked.services.vault.standing(asked.who)
    prefix = asked.query.get("q", "").strip()[:200]
    secrets, more = _every(asked, prefix) if standing else ([], False)
    shown = sorted((_shown(one, asked.now) for one in secrets), key=_order)
    waiting = asked.services.vault.proposals(asked.who, "open", Page(_PAGE)).rows
    return asked.html(
        "vault.html",
        standing=standing,
        plot=ages([_age(one, asked.now) for one in secrets]),
        listed=shown,
        more=more,
        prefix=prefix,
        waiting=waiting,
        overdue=sum(one.overdue for one in secrets),
        stuck=sum(bool(one.rotation_problem) for one in secrets),
        seen_by_people=sum(one.origin in {"imported", "written"} for one in secrets),
        next_at=min((one.next_rotation_at for one in secrets if one.next_rotation_at), default=None),
    )


def secret(asked: Asked) -> Response:
    """Return one secret: its standing, who has which version, its versions, how its grants came about."""
    ask, path = asked.services.vault, asked.parameters["path"]
    one = ask.secret(asked.who, path)
    standing = ask.standing(asked.who)
    keepers = {name for names in standing.zones.values() for name in names} if standing else set()
    versions = ask.versions(asked.who, path, asked.page())
    return asked.html(
        "vault_secret.html",
        one=one,
        shown=_shown(one, asked.now),
        age=_age(one, asked.now),
        consumers=[(each, _holds(each, one)) for each in ask.consumers(asked.who, path) if each.reader not in keepers],
        keepers=[each for each in ask.consumers(asked.who, path) if each.reader in keepers],
        versions=versions,
        next_address=lambda cursor: asked.path + rendering.query({"after": cursor}),
        approvals=ask.approvals(asked.who, path),
        rotation=ask.rotation(asked.who, path),
        steps=_STEPS,
        waiting=[each for each in ask.proposals(asked.who, "open", Page(_PAGE)).rows if each.path == path],
    )


def proposals(asked: Asked) -> Response:
    """Return what waits for signatures, or what no longer does."""
    ask = asked.services.vault
    state = asked.query.get("state", "open")
    state = state if state in _STATES else "open"
    listing = ask.proposals(asked.who, state, asked.page())
    lines = {one.id: ask.wording(asked.who, one) for one in listing.rows}
    return asked.html(
        "vault_proposals.html",
        state=state,
        states=_STATES,
        listing=listing,
        titles={one.id: _TITLES.get(one.kind, one.kind).format(one.path) for one in listing.rows},
        lines=lines,
        follows={name for name, said in lines.items() if any(line.startswith("- version") for line in said)},
        names=_names(asked, listing.rows),
        next_address=lambda cursor: "/vault/proposals" + rendering.query({"state": state, "after": cursor}),
    )


def _every(asked: Asked, prefix: str) -> tuple[list[Secret], bool]:
    found: list[Secret] = []
    page: Page | None = Page(_PAGE)
    while page is not None and len(found) < _MOST:
        listing = asked.services.vault.secrets(asked.who, prefix, page)
        found += listing.rows
        page = Page(_PAGE, listing.next_cursor) if listing.next_cursor else None
    return found, page is not None


def _age(one: Secret, now: datetime) -> Age:
    age = max(0.0, (now - one.published_at).total_seconds()) if one.published_at else None
    return Age(one.path, age, one.maximum_age_seconds)


def _shown(one: Secret, now: datetime) -> Shown:
    return Shown(one, _turn(one, now), one.grant_expires_at - now < _EXPIRES_SOON)


def _order(shown: Shown) -> tuple[int, bool, datetime, str]:
    due = shown.secret.next_rotation_at
    return shown.turn.urgent, due is None, due or shown.secret.grant_expires_at, shown.secret.path


def _turn(one: Secret, now: datetime) -> Turn:
    """Return whose move a secret waits for."""
    custodians = f"Custodians of {one.zone}"
    bring = f"bring the value: wardline secret import {one.path}"
    if one.grant_expires_at <= now:
        return Turn(0, "bad", "Approvers", "the grant has ended, nobody is served: request and approve the next one")
    if one.rotation_problem:
        return Turn(1, "bad", custodians, f"stuck at {one.rotation_step}: {one.rotation_problem}")
    if one.overdue:
        overdue = "replace it at its provider, then " + bring if one.strategy == "none" else "rotate it: it is overdue"
        return Turn(2, "bad", "Whoever brought it" if one.strategy == "none" else custodians, overdue)
    if one.number is None and one.strategy == "none":
        return Turn(3, "gap", "Its owner", bring)
    if one.number is None:
        return Turn(3, "gap", custodians, "mint the first value")
    if one.rotation_step:
        return Turn(4, "accent", custodians, f"a rotation is under way: {one.rotation_step}")
    if one.grant_expires_at - now < _EXPIRES_SOON:
        return Turn(5, "gap", "Approvers", "renew the grant before it ends")
    return Turn(6, "good", "Nobody", "it goes by itself" if one.next_rotation_at else "it is in time")


def _holds(one: Consumer, of: Secret) -> tuple[str, str]:
    """Return what a reader said that it has, as a class and words."""
    if one.number is None:
        return "gap", "has not said so yet"
    if of.number is not None and one.number < of.number:
        return "gap", f"version {one.number}, not the newest"
    return "good", f"version {one.number}"


def _names(asked: Asked, rows: Sequence[Proposal]) -> dict[str, str]:
    """Return the names of the accounts that proposed; one that is not there keeps its id."""
    names = {}
    for identifier in {one.asked_by for one in rows}:
        try:
            names[identifier] = asked.services.identity.account(asked.who, identifier).name
        except NotFoundError:
            names[identifier] = identifier
    return names


ROUTES: Final = (
    Look("/vault", overview, "vault:read"),
    Look("/vault/proposals", proposals, "vault:read"),
    Look("/vault/secrets/{path:path}", secret, "vault:read"),
)
