"""Settings of one's own: who one is here, one's sessions, one's API tokens; and what runs in the background."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final, cast

from starlette.responses import Response

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import PERMISSIONS, Permission
from wardline.kernel.paging import Page
from wardline.web.asking import Asked
from wardline.web.routing import Look, Move

_MOST_DAYS: Final = 365
_SERVICES: Final = 1000
_NOTICES: Final = 50
# What a pipeline needs to send reports; chosen already in the form.
_FOR_A_PIPELINE: Final[frozenset[Permission]] = frozenset(
    {"report:write", "finding:read", "catalog:read", "policy:read"}
)


def settings(asked: Asked) -> Response:
    """Return who one is here, and one's sessions."""
    identity, who = asked.services.identity, asked.who
    return asked.html(
        "settings.html",
        account=identity.account(who, who.id),
        sessions=identity.sessions(who, who.id),
        current=asked.session.id,
        teams=_teams(asked),
    )


def end_session(asked: Asked) -> Response:
    """End one session."""
    asked.services.identity.revoke_session(asked.who, asked.parameters["id"])
    return asked.back(asked.form.get("to") or "/settings", "The session is ended")


def tokens(asked: Asked) -> Response:
    """Return one's API tokens, or everybody's, and the form for a new one."""
    everybody = asked.may("token:revoke") and asked.query.get("all") == "yes"
    return _tokens(asked, everybody=everybody, made=None, plaintext="")


def create_token(asked: Asked) -> Response:
    """Make a token and show its text, this once: so the answer is a page, and nothing keeps it."""
    form = asked.form
    wanted = form.all("permission")
    if not wanted or not set(wanted) <= set(PERMISSIONS):
        raise AskedWronglyError("a token needs at least one permission", hint="choose what it is to do")
    days = form.whole("days", "for how many days", least=1, most=_MOST_DAYS)
    made, plaintext = asked.services.identity.create_token(
        asked.who,
        form.required("name", "the name"),
        cast("list[Permission]", wanted),
        form.all("service"),
        asked.now + timedelta(days=days),
    )
    return _tokens(asked, everybody=False, made=made, plaintext=plaintext)


def revoke_token(asked: Asked) -> Response:
    """Revoke a token."""
    asked.services.identity.revoke_token(asked.who, asked.parameters["id"])
    return asked.back("/settings/tokens", "Revoked: its next request fails")


def duties(asked: Asked) -> Response:
    """Return what the platform owes regularly, when it was done last and when it is due."""
    standings = asked.services.duties.list(asked.who)
    return asked.html("duties.html", duties=sorted(standings, key=lambda one: (-one.failures, one.title)))


def run_duty(asked: Asked) -> Response:
    """Let a duty have a turn at once."""
    asked.services.duties.run_now(asked.who, asked.parameters["name"])
    return asked.back("/settings/duties", "It runs as soon as a node is free")


def notices(asked: Asked) -> Response:
    """Return what people were told, and how it reached them."""
    state = asked.query.get("state") or None
    page = asked.page()._replace(limit=_NOTICES)
    channels = asked.services.notices.channels(asked.who) if asked.may("duty:read") or asked.may("notice:write") else {}
    return asked.html(
        "notices.html",
        listing=asked.services.notices.list(asked.who, page, state=state),
        channels=channels,
        state=state,
        next_address=lambda cursor: "/settings/notices" + (f"?after={cursor}" if cursor else ""),
    )


def test_notice(asked: Asked) -> Response:
    """Send a message by one channel at once."""
    said = asked.services.notices.test(
        asked.who, asked.form.required("channel", "the channel"), asked.form.get("address")
    )
    return asked.back("/settings/notices", f"Sent. It said: {said}" if said else "Sent")


def retry_notice(asked: Asked) -> Response:
    """Send a parked notice again."""
    asked.services.notices.retry(asked.who, asked.parameters["id"])
    return asked.back("/settings/notices", "It is sent again, soon")


def _tokens(asked: Asked, *, everybody: bool, made: object, plaintext: str) -> Response:
    who = asked.who
    services = asked.services.catalog.services(who, None, Page(_SERVICES)).rows if asked.may("catalog:read") else ()
    return asked.html(
        "tokens.html",
        tokens=asked.services.identity.tokens(who, everybody=everybody),
        everybody=everybody,
        made=made,
        plaintext=plaintext,
        grants=_by_resource([one for one in PERMISSIONS if one in who.permissions]),
        chosen=asked.form.all("permission") if asked.problem else _FOR_A_PIPELINE,
        services=services,
        names={one.id: one.name for one in services},
        most_days=_MOST_DAYS,
    )


def _by_resource(permissions: Sequence[Permission]) -> list[tuple[str, list[Permission]]]:
    """Return permissions, which are sorted, by what they are about."""
    return [(name, list(some)) for name, some in groupby(permissions, lambda one: one.partition(":")[0])]


def _teams(asked: Asked) -> list[tuple[str, str, bool]]:
    if not asked.may("catalog:read"):
        return []
    ids = sorted(asked.who.teams)
    return [(one, asked.services.catalog.team(asked.who, one).name, one in asked.who.leads) for one in ids]


ROUTES: Final = (
    Look("/settings", settings, "a session"),
    Move("/settings/sessions/{id}/end", end_session, "a session", settings),
    Look("/settings/tokens", tokens, "a session"),
    Move("/settings/tokens", create_token, "token:create", tokens),
    Move("/settings/tokens/{id}/revoke", revoke_token, "a session", tokens),
    Look("/settings/duties", duties, "duty:read"),
    Move("/settings/duties/{name}/run", run_duty, "duty:run", duties),
    Look("/settings/notices", notices, "a session"),
    Move("/settings/notices/test", test_notice, "notice:write", notices),
    Move("/settings/notices/{id}/retry", retry_notice, "notice:write", notices),
)
