"""T-26: whoever holds the directory's token uses it for something else, or gives themselves rights through it."""

import pytest
from tests.asgi import ask
from tests.conftest import Clock
from tests.identities import URL, World, world

from wardline.catalog import scim
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import DeniedError
from wardline.kernel.identity.model import PERMISSIONS, allowed

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture
def platform(lite: Database, clock: Clock) -> World:
    return world(lite, clock)


def directory_token(platform: World) -> str:
    return platform.identity.create_token(platform.admin, "directory", ["scim:write"])[1]


def test_it_may_nothing_but_speak_for_the_directory(platform: World) -> None:
    who = platform.identity.bearer(directory_token(platform))
    assert [one for one in PERMISSIONS if allowed(who, one)] == ["scim:write"]
    for attempt in (
        lambda: platform.identity.accounts(who),
        lambda: platform.identity.create_account(who, "Mallory", roles=["admin"]),
        lambda: platform.identity.set_roles(who, platform.admin.id, []),
        lambda: platform.identity.deactivate(who, platform.admin.id),
        lambda: platform.identity.tokens(who, everybody=True),
        lambda: platform.identity.create_token(who, "more", ["scim:write"]),
        lambda: platform.catalog.services(who),
        lambda: platform.catalog.teams(who),
        lambda: platform.catalog.put_team(who, "mine"),
    ):
        with pytest.raises(DeniedError):
            attempt()


def test_only_an_administrator_makes_one(platform: World) -> None:
    for role in ("auditor", "developer", "director", "security"):
        person = platform.principal(platform.person(role, roles=[role]))
        with pytest.raises(DeniedError):
            platform.identity.create_token(person, "directory", ["scim:write"])


def test_roles_that_a_directory_sends_are_not_ours(platform: World, clock: Clock) -> None:
    app = scim.application(platform.identity, platform.catalog, platform.database, clock, URL)
    token = directory_token(platform)
    body = (
        b'{"schemas": ["%s"], "userName": "mallory", '
        b'"roles": [{"value": "admin"}], "entitlements": [{"value": "admin"}]}' % USER.encode()
    )
    headers = [("authorization", f"Bearer {token}"), ("content-type", "application/scim+json")]
    assert ask(app, "/scim/v2/Users", method="POST", headers=headers, body=[body]).status == 201
    made = platform.identity.accounts(platform.admin, text="mallory").rows[0]
    assert made.roles == {"developer"}


def test_it_does_not_outlive_whoever_made_it(platform: World, clock: Clock) -> None:
    app = scim.application(platform.identity, platform.catalog, platform.database, clock, URL)
    grace = platform.person("Grace", roles=["admin"])
    _, token = platform.identity.create_token(platform.principal(grace), "directory", ["scim:write"])
    headers = [("authorization", f"Bearer {token}")]
    assert ask(app, "/scim/v2/Users", headers=headers).status == 200
    platform.identity.set_roles(platform.admin, grace.id, ["auditor"])
    assert ask(app, "/scim/v2/Users", headers=headers).status == 403
    platform.identity.deactivate(platform.admin, grace.id)
    assert ask(app, "/scim/v2/Users", headers=headers).status == 401


def test_a_session_opens_no_scim(platform: World, clock: Clock) -> None:
    app = scim.application(platform.identity, platform.catalog, platform.database, clock, URL)
    cookie = platform.signed_in(platform.admin.id).cookie
    for headers in ([("cookie", f"__Host-wardline={cookie}")], [("authorization", f"Bearer {cookie}")]):
        assert ask(app, "/scim/v2/Users", headers=headers).status == 401
