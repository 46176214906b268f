"""A directory's joiners and leavers, with the requests that Okta and Microsoft Entra ID send."""

import json
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.asgi import Answer, ask
from tests.conftest import Clock
from tests.identities import URL, World, world

from wardline.catalog import scim
from wardline.catalog.model import Member
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import UnauthenticatedError
from wardline.kernel.identity.tables import ACCOUNTS

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class Scim(NamedTuple):
    platform: World
    app: scim.Application
    token: str

    def __call__(self, method: str, path: str, body: Any = None, *, query: str = "", **headers: str) -> Answer:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        pairs = {"authorization": f"Bearer {self.token}", "content-type": "application/scim+json", **headers}
        pairs = {name.replace("_", "-"): value for name, value in pairs.items() if value}
        return ask(self.app, "/scim/v2" + path, method=method, headers=pairs.items(), body=[content], query=query)

    def json(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        answer = self(method, path, body, **options)
        assert answer.status < 300, answer
        assert answer.headers["content-type"] == "application/scim+json"
        return orjson.loads(answer.body)


def made(database: Database, clock: Clock) -> Scim:
    platform = world(database, clock)
    _, token = platform.identity.create_token(platform.admin, "directory", ["scim:write"])
    return Scim(platform, scim.application(platform.identity, platform.catalog, database, clock, URL), token)


@pytest.fixture
def directory(database: Database, clock: Clock) -> Scim:
    return made(database, clock)


@pytest.fixture
def quick(lite: Database, clock: Clock) -> Scim:
    return made(lite, clock)


def okta(name: str = "ada", **values: Any) -> dict[str, Any]:
    """As Okta's documentation shows the creation of a user."""
    return {
        "schemas": [USER],
        "userName": f"{name}@shop.example",
        "name": {"givenName": name.title(), "familyName": "Lovelace"},
        "emails": [{"primary": True, "value": f"{name}@shop.example", "type": "work"}],
        "displayName": f"{name.title()} Lovelace",
        "locale": "en-US",
        "externalId": f"00u-{name}",
        "groups": [],
        "password": f"{name} made this up",
        "active": True,
        **values,
    }


def entra(name: str = "ada") -> dict[str, Any]:
    """As Microsoft's documentation shows the creation of a user."""
    return {
        "schemas": [USER, ENTERPRISE],
        "externalId": f"0a21f0f2-{name}",
        "userName": f"{name}@shop.example",
        "active": True,
        "emails": [{"primary": True, "type": "work", "value": f"{name}@shop.example"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": f"{name.title()} L.", "familyName": "L.", "givenName": name.title()},
        "roles": [],
        ENTERPRISE: {"department": "Research", "manager": {"value": "26118915"}},
    }


def test_okta_creates_finds_updates_and_deactivates(directory: Scim) -> None:
    found = directory.json(
        "GET", "/Users", query="filter=userName%20eq%20%22ada%40shop.example%22&startIndex=1&count=100"
    )
    assert (found["schemas"], found["totalResults"]) == ([LIST], 0)
    user = directory.json("POST", "/Users", okta())
    assert user["meta"]["location"] == f"{URL}/scim/v2/Users/{user['id']}"
    assert "password" not in user
    found = directory.json("GET", "/Users", query="filter=userName%20eq%20%22ADA%40shop.example%22")
    assert [one["id"] for one in found["Resources"]] == [user["id"]]
    account = directory.platform.identity.account(directory.platform.admin, user["id"])
    assert (account.name, account.email, account.external_id, account.roles) == (
        "Ada Lovelace",
        "ada@shop.example",
        "00u-ada",
        {"developer"},
    )
    session = directory.platform.signed_in(user["id"])
    put = directory.json("PUT", f"/Users/{user['id']}", okta(displayName="Ada King", id=user["id"]))
    assert put["displayName"] == "Ada King"
    assert directory.platform.identity.session(session.cookie)[0].name == "Ada King"
    off = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
    assert directory("PATCH", f"/Users/{user['id']}", off).status == 204
    assert directory.json("GET", f"/Users/{user['id']}")["active"] is False
    with pytest.raises(UnauthenticatedError):
        directory.platform.identity.session(session.cookie)
    back = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": True}}]}
    assert directory("PATCH", f"/Users/{user['id']}", back).status == 204
    assert directory.json("GET", f"/Users/{user['id']}")["active"] is True
    with pytest.raises(UnauthenticatedError):
        directory.platform.identity.session(session.cookie)


def test_entra_updates_by_paths_and_deactivates_with_a_text(directory: Scim) -> None:
    user = directory.json("POST", "/Users", entra())
    assert user[ENTERPRISE]["department"] == "Research"
    session = directory.platform.signed_in(user["id"])
    operations = [
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "ada.l@shop.example"},
        {"op": "Add", "path": "name.familyName", "value": "King"},
        {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "Engines"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "26118916"},
    ]
    answer = directory("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH], "Operations": operations})
    assert answer.status == 204
    patched = directory.json("GET", f"/Users/{user['id']}")
    assert patched["emails"][0]["value"] == "ada.l@shop.example"
    assert patched["name"]["familyName"] == "King"
    assert patched[ENTERPRISE]["department"] == "Engines"
    assert patched[ENTERPRISE]["manager"]["value"] == "26118916"
    assert directory.platform.identity.account(directory.platform.admin, user["id"]).email == "ada.l@shop.example"
    off = [{"op": "Replace", "path": "active", "value": "False"}]
    answer = directory("PATCH", f"/Users/{user['id']}", {"schemas": [PATCH], "Operations": off})
    assert answer.status == 204
    with pytest.raises(UnauthenticatedError):
        directory.platform.identity.session(session.cookie)


def test_a_deleted_user_is_out_for_good_and_whoever_comes_back_has_no_old_rights(directory: Scim) -> None:
    user = directory.json("POST", "/Users", okta())
    directory.platform.identity.set_roles(directory.platform.admin, user["id"], ["security"])
    session = directory.platform.signed_in(user["id"])
    assert directory("DELETE", f"/Users/{user['id']}").status == 204
    with pytest.raises(UnauthenticatedError):
        directory.platform.identity.session(session.cookie)
    assert directory("GET", f"/Users/{user['id']}").status == 404
    assert directory("DELETE", f"/Users/{user['id']}").status == 404
    again = directory.json("POST", "/Users", okta())
    assert again["id"] != user["id"]
    account = directory.platform.identity.account(directory.platform.admin, again["id"])
    assert account.roles == {"developer"}
    gone = directory.platform.identity.account(directory.platform.admin, user["id"])
    assert (gone.active, gone.name, gone.roles) == (False, "Ada Lovelace", frozenset())


def members(directory: Scim, group: str) -> list[Member]:
    return list(directory.platform.catalog.members(directory.platform.admin, group))


def test_groups_are_teams_and_their_members_come_and_go(directory: Scim) -> None:
    ada, bob = (directory.json("POST", "/Users", okta(name))["id"] for name in ("ada", "bob"))
    group = directory.json(
        "POST",
        "/Groups",
        {"schemas": [GROUP], "displayName": "Payments", "members": [{"value": ada, "display": "Ada"}]},
    )
    assert [one.account for one in members(directory, "payments")] == [ada]
    path = f"/Groups/{group['id']}"
    added = {"schemas": [PATCH], "Operations": [{"op": "Add", "path": "members", "value": [{"value": bob}]}]}
    assert directory("PATCH", path, added).status == 204
    assert {one.account for one in members(directory, "payments")} == {ada, bob}
    assert directory.json("GET", f"/Users/{bob}")["groups"][0]["display"] == "Payments"
    # Okta removes by a filter in the path, Entra by a value beside it.
    by_path = {"schemas": [PATCH], "Operations": [{"op": "remove", "path": f'members[value eq "{ada}"]'}]}
    assert directory("PATCH", path, by_path).status == 204
    assert [one.account for one in members(directory, "payments")] == [bob]
    by_value = {"schemas": [PATCH], "Operations": [{"op": "Remove", "path": "members", "value": [{"value": bob}]}]}
    assert directory("PATCH", path, by_value).status == 204
    assert members(directory, "payments") == []
    renamed = {
        "schemas": [PATCH],
        "Operations": [{"op": "replace", "value": {"id": group["id"], "displayName": "Pay"}}],
    }
    assert directory("PATCH", path, renamed).status == 204
    assert directory.platform.catalog.team(directory.platform.admin, group["id"]).name == "Pay"
    assert directory("DELETE", path).status == 204
    assert directory("GET", path).status == 404


def test_a_directory_makes_nobody_a_lead_and_takes_no_lead_away(directory: Scim) -> None:
    ada, bob = (directory.json("POST", "/Users", okta(name))["id"] for name in ("ada", "bob"))
    group = directory.json("POST", "/Groups", {"schemas": [GROUP], "displayName": "Pay", "members": [{"value": ada}]})
    directory.platform.catalog.put_member(directory.platform.admin, group["id"], ada, lead=True)
    body = {"schemas": [GROUP], "displayName": "Pay", "members": [{"value": ada}, {"value": bob}]}
    directory.json("PUT", f"/Groups/{group['id']}", body)
    assert {(one.account, one.lead) for one in members(directory, group["id"])} == {(ada, True), (bob, False)}


def test_a_team_that_a_repository_named_before_becomes_the_directorys(directory: Scim) -> None:
    named = directory.platform.catalog.put_team(directory.platform.admin, "payments")
    group = directory.json("POST", "/Groups", {"schemas": [GROUP], "displayName": "Payments", "externalId": "g-1"})
    assert group["id"] == named.id
    second = directory.json("POST", "/Groups", {"schemas": [GROUP], "displayName": "Payments"})
    assert second["id"] != named.id
    unowned = directory.json("POST", "/Groups", {"schemas": [GROUP], "displayName": "unowned"})
    assert directory.platform.catalog.team(directory.platform.admin, unowned["id"]).slug != "unowned"


def test_a_group_of_strangers_is_refused_whole(directory: Scim) -> None:
    ada = directory.json("POST", "/Users", okta())["id"]
    body = {"schemas": [GROUP], "displayName": "Pay", "members": [{"value": ada}, {"value": "acc-stranger"}]}
    assert directory("POST", "/Groups", body).status == 400
    assert directory.platform.catalog.teams(directory.platform.admin).rows == []


def test_users_come_a_piece_at_a_time_and_by_filters(directory: Scim) -> None:
    made_ids = [directory.json("POST", "/Users", okta(name))["id"] for name in ("ada", "bob", "cyd")]
    seen: list[str] = []
    for start in (1, 3):
        page = directory.json("GET", "/Users", query=f"startIndex={start}&count=2")
        assert page["totalResults"] == 4  # and the administrator
        seen += [one["id"] for one in page["Resources"]]
    assert set(seen) == {*made_ids, directory.platform.admin.id}

    def found(query: str) -> list[str]:
        return [
            one["userName"] for one in directory.json("GET", "/Users", query=f"filter={query}").get("Resources", [])
        ]

    assert found("externalId%20eq%20%2200u-bob%22") == ["bob@shop.example"]
    assert found("emails.value%20eq%20%22CYD%40shop.example%22") == ["cyd@shop.example"]
    assert found("userName%20sw%20%22ad%22%20and%20active%20eq%20true") == ["ada@shop.example"]
    assert found("userName%20eq%20%22%5Cu0000%22") == []
    assert directory("GET", "/Users", query="filter=userName%20eq%20%22%00%22").status == 400
    assert directory.json("GET", "/Users", query="count=0")["totalResults"] == 4


def test_a_change_under_an_old_version_is_refused(directory: Scim) -> None:
    user = directory.json("POST", "/Users", okta())
    version = user["meta"]["version"]
    assert directory("GET", f"/Users/{user['id']}", if_none_match=version).status == 304
    off = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"displayName": "X"}}]}
    assert directory("PATCH", f"/Users/{user['id']}", off, if_match=version).status == 204
    assert directory("PATCH", f"/Users/{user['id']}", off, if_match=version).status == 412


def test_a_name_that_is_taken_is_a_conflict_in_the_protocols_words(directory: Scim) -> None:
    directory.json("POST", "/Users", okta())
    answer = directory("POST", "/Users", okta(userName="ADA@shop.example"))
    body = orjson.loads(answer.body)
    assert (answer.status, body["schemas"], body["status"], body["scimType"]) == (409, [ERROR], "409", "uniqueness")


@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", f"/Schemas/{USER}"])
def test_the_service_describes_itself(quick: Scim, path: str) -> None:
    assert quick.json("GET", path)["schemas"]


def test_without_a_token_for_it_nothing_is_said(quick: Scim) -> None:
    ada = quick.platform.principal(quick.platform.person())
    _, other = quick.platform.identity.create_token(ada, "laptop", ["account:read"])
    for path in ("/Users", "/ServiceProviderConfig", "/nothing"):
        for header, status in (("", 401), ("Basic x", 401), ("Bearer x", 401), (f"Bearer {other}", 403)):
            answer = quick("GET", path, authorization=header)
            assert answer.status == status
            assert orjson.loads(answer.body)["schemas"] == [ERROR]
            assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_password_is_kept_nowhere(quick: Scim) -> None:
    quick.json("POST", "/Users", okta())
    with quick.platform.database.reading() as tx:
        assert "made-up-for-this-test" not in repr(tx.execute(select(ACCOUNTS)).all())


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/Users", b"{", 400),
        ("POST", "/Users", b"[" * 100_000, 400),
        ("POST", "/Users", b"\xff", 400),
        ("POST", "/Users", {"schemas": [USER]}, 400),
        ("POST", "/Users", okta(userName=" "), 400),
        ("POST", "/Users", okta(displayName="x" * 100_000), 201),
        ("POST", "/Users", okta(active={"a": 1}), 400),
        ("POST", "/Groups", {"schemas": [GROUP], "displayName": "x" * 201}, 400),
        ("POST", "/Nothing", {}, 404),
        ("PUT", "/Users/acc-1", okta(), 404),
        (
            "PATCH",
            "/Users/acc-1",
            {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]},
            404,
        ),
        ("GET", "/Users/%00", None, 404),
        ("GET", "/Users/\x00", None, 404),
        ("POST", "/Bulk", {}, 501),
        ("TRACE", "/Users", None, 405),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_is_said_in_the_protocols_words(quick: Scim, method, path, body, status) -> None:
    answer = quick(method, path, body)
    if status >= 400:
        assert orjson.loads(answer.body)["schemas"] == [ERROR]
    assert answer.status == status


def test_a_body_without_an_end_is_not_read_to_it(quick: Scim) -> None:
    headers = [("authorization", f"Bearer {quick.token}")]
    answer = ask(quick.app, "/scim/v2/Users", method="POST", headers=headers, body=[b"x" * 1_000_000] * 10)
    assert answer.status == 413


def test_addresses_are_made_from_the_settings_and_never_from_host(quick: Scim) -> None:
    user = quick.json("POST", "/Users", okta(), host="evil.example")
    assert user["meta"]["location"].startswith(f"{URL}/scim/v2/")


def test_it_answers_below_where_it_is_mounted(quick: Scim) -> None:
    headers = [("authorization", f"Bearer {quick.token}")]
    for path, root in (("/scim/v2/Users", "/scim/v2"), ("/Users", ""), ("/base/scim/v2/Users", "/base/scim/v2")):
        assert ask(quick.app, path, headers=headers, root_path=root).status == 200


NAMES = st.sampled_from(["value", "op", "path", "a"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(okta())), JSON, st.sampled_from(["POST", "PATCH"]))
def test_wrong_types_anywhere_are_answered_and_never_break_it(quick: Scim, name: str, value: Any, method: str) -> None:
    if method == "POST":
        answer = quick("POST", "/Users", {**okta("eve"), name: value})
    else:
        users = quick.json("GET", "/Users")["Resources"]
        operations = [{"op": "replace", "path": name, "value": value}]
        answer = quick("PATCH", f"/Users/{users[-1]['id']}", {"schemas": [PATCH], "Operations": operations})
    assert answer.status in {201, 204, 400, 409}
