"""People and teams: who is here, what they may, where they belong; making them known, and letting them go."""

from collections.abc import Sequence
from functools import partial
from typing import Final, cast

from starlette.responses import Response

from wardline.catalog.model import ServiceQuery
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.identity.model import GRANTS, ROLES, Account, Role
from wardline.kernel.paging import Page
from wardline.web import exports, rendering
from wardline.web.asking import Asked
from wardline.web.routing import Look, Move

PEOPLE_COLUMNS: Final = (
    "id",
    "name",
    "email",
    "user_name",
    "roles",
    "active",
    "created_at",
    "deactivated_at",
    "seen_at",
)
TEAM_COLUMNS: Final = ("id", "slug", "name", "email", "slack", "members")
_MANY: Final = 1000
_ROLE_WORDS: Final[dict[Role, str]] = {
    "admin": "runs the platform",
    "auditor": "sees everything, changes nothing",
    "developer": "works on findings of their teams",
    "director": "sees everything of every team",
    "machine": "sends reports",
    "scim": "keeps people and groups in step",
    "security": "decides waivers, dismissals and policy",
}


def people(asked: Asked) -> Response:
    """Return the list of people."""
    text = asked.query.get("q", "").strip()[:200]
    listing = asked.services.identity.accounts(asked.who, asked.page(), text)
    return asked.html(
        "people.html",
        listing=listing,
        text=text,
        roles=_roles(),
        next_address=lambda cursor: "/settings/people" + rendering.query({"q": text, "after": cursor}),
    )


def export_people(asked: Asked) -> Response:
    """Return the same list as a file."""
    text = asked.query.get("q", "").strip()[:200]
    rows = exports.every(lambda page: asked.services.identity.accounts(asked.who, page, text))
    found = ({**one._asdict(), "roles": sorted(one.roles)} for one in rows)
    return exports.answer(asked.path.rpartition(".")[2], "people", found, PEOPLE_COLUMNS)


def add_person(asked: Asked) -> Response:
    """Make an account for a person who will sign in later."""
    made = asked.services.identity.create_account(
        asked.who, asked.form.required("name", "the name"), email=asked.form.get("email") or None, roles=_chosen(asked)
    )
    return asked.back(f"/settings/people/{made.id}", f"{made.name} is known now")


def person(asked: Asked) -> Response:
    """Return one person."""
    return _person(asked, link="")


def invite(asked: Asked) -> Response:
    """Make a link that signs the person in once, and show it this once."""
    path = asked.services.identity.invite(asked.who, asked.parameters["id"])
    return _person(asked, link=asked.services.settings.base_url + path)


def set_roles(asked: Asked) -> Response:
    """Give a person exactly these roles."""
    one = asked.services.identity.set_roles(asked.who, asked.parameters["id"], _chosen(asked))
    return asked.back(f"/settings/people/{one.id}", f"{one.name} has other roles from the next request on")


def deactivate(asked: Asked) -> Response:
    """Shut a person out, at once."""
    one = asked.services.identity.deactivate(asked.who, asked.parameters["id"])
    return asked.back(f"/settings/people/{one.id}", f"{one.name} is out: every session and token is ended")


def reactivate(asked: Asked) -> Response:
    """Let a person in again."""
    one = asked.services.identity.reactivate(asked.who, asked.parameters["id"])
    return asked.back(f"/settings/people/{one.id}", f"{one.name} may sign in again")


def teams(asked: Asked) -> Response:
    """Return the list of teams."""
    listing = asked.services.catalog.teams(asked.who, asked.page())
    return asked.html(
        "teams.html",
        listing=listing,
        next_address=lambda cursor: "/settings/teams" + rendering.query({"after": cursor}),
    )


def export_teams(asked: Asked) -> Response:
    """Return the same list as a file."""
    rows = exports.every(partial(asked.services.catalog.teams, asked.who))
    return exports.answer(asked.path.rpartition(".")[2], "teams", (one._asdict() for one in rows), TEAM_COLUMNS)


def add_team(asked: Asked) -> Response:
    """Make a team."""
    form = asked.form
    made = asked.services.catalog.put_team(
        asked.who,
        form.required("slug", "the short name"),
        name=form.get("name") or None,
        email=form.get("email") or None,
        slack=form.get("slack") or None,
    )
    return asked.back(f"/settings/teams/{made.id}", f"{made.name} is a team now")


def team(asked: Asked) -> Response:
    """Return one team: its people and what it looks after."""
    catalog, who = asked.services.catalog, asked.who
    one = catalog.team(who, asked.parameters["id"])
    accounts: Sequence[Account] = ()
    if asked.may("account:read") and _leads(asked, one.id):
        accounts = asked.services.identity.accounts(who, Page(_MANY), "").rows
    return asked.html(
        "team.html",
        team=one,
        members=catalog.members(who, one.id),
        services=catalog.services(who, ServiceQuery(teams=frozenset({one.id})), Page(_MANY)).rows,
        accounts=[account for account in accounts if account.active],
        leads=_leads(asked, one.id),
    )


def change_team(asked: Asked) -> Response:
    """Change a team's name and where its notices go."""
    form, catalog = asked.form, asked.services.catalog
    one = catalog.team(asked.who, asked.parameters["id"])
    catalog.put_team(
        asked.who, one.slug, name=form.get("name") or None, email=form.get("email"), slack=form.get("slack")
    )
    return asked.back(f"/settings/teams/{one.id}", "Changed")


def add_member(asked: Asked) -> Response:
    """Make somebody a member, or the lead."""
    account = asked.form.required("account", "the person")
    asked.services.catalog.put_member(asked.who, asked.parameters["id"], account, lead=asked.form.get("lead") == "yes")
    return asked.back(f"/settings/teams/{asked.parameters['id']}", "Added")


def remove_member(asked: Asked) -> Response:
    """End a membership."""
    account = asked.form.required("account", "the person")
    asked.services.catalog.remove_member(asked.who, asked.parameters["id"], account)
    return asked.back(f"/settings/teams/{asked.parameters['id']}", "Taken out")


def _person(asked: Asked, *, link: str) -> Response:
    identity, who = asked.services.identity, asked.who
    one = identity.account(who, asked.parameters["id"])
    sees_sessions = one.id == who.id or asked.may("session:revoke")
    ids = sorted(one.teams) if asked.may("catalog:read") else []
    return asked.html(
        "person.html",
        person=one,
        link=link,
        roles=_roles(),
        sessions=identity.sessions(who, one.id) if sees_sessions else (),
        sees_sessions=sees_sessions,
        teams=[(team_id, asked.services.catalog.team(who, team_id).name, team_id in one.leads) for team_id in ids],
        by_provider=bool(asked.services.settings.oidc_issuer),
    )


def _roles() -> list[tuple[Role, str, int]]:
    return [(role, _ROLE_WORDS[role], len(GRANTS[role])) for role in ROLES]


def _chosen(asked: Asked) -> list[Role]:
    chosen = asked.form.all("role")
    if not set(chosen) <= set(ROLES):
        raise AskedWronglyError("this is none of the roles", hint="choose among those of the form")
    return cast("list[Role]", chosen)


def _leads(asked: Asked, team_id: str) -> bool:
    return team_id in asked.who.leads or asked.may("catalog:write")


_PERSON: Final = "/settings/people/{id}"
_TEAM: Final = "/settings/teams/{id}"
ROUTES: Final = (
    Look("/settings/people", people, "account:read"),
    Look("/settings/people.csv", export_people, "account:read"),
    Look("/settings/people.json", export_people, "account:read"),
    Move("/settings/people", add_person, "account:write", people),
    Look(_PERSON, person, "a session"),
    Move(f"{_PERSON}/roles", set_roles, "account:write", person),
    Move(f"{_PERSON}/link", invite, "account:write", person),
    Move(f"{_PERSON}/deactivate", deactivate, "account:write", person),
    Move(f"{_PERSON}/reactivate", reactivate, "account:write", person),
    Look("/settings/teams", teams, "catalog:read"),
    Look("/settings/teams.csv", export_teams, "catalog:read"),
    Look("/settings/teams.json", export_teams, "catalog:read"),
    Move("/settings/teams", add_team, "catalog:write", teams),
    Look(_TEAM, team, "catalog:read"),
    Move(_TEAM, change_team, "catalog:read", team),
    Move(f"{_TEAM}/members", add_member, "catalog:read", team),
    Move(f"{_TEAM}/members/remove", remove_member, "catalog:read", team),
)
