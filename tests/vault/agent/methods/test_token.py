"""Tokens: created, bounded, looked up, renewed, revoked with their families."""

import pytest
from tests.vault.agent.parts import Asking, dev_vault

MAKER = """
path "auth/token/create*" { capabilities = ["create", "update"] }
path "auth/token/lookup" { capabilities = ["update"] }
"""


def created(ask: Asking, **body: object) -> dict[str, object]:
    said = ask("POST", "auth/token/create", body)
    assert said.status == 200, said
    return said.body["auth"]


def test_a_token_is_what_was_asked_for() -> None:
    ask, _ = dev_vault()
    made = created(ask, policies=["x"], ttl="1h", meta={"a": "b"}, display_name="bob", num_uses=2)
    assert made["policies"] == ["default", "x"]
    assert (made["lease_duration"], made["renewable"], made["metadata"]) == (3600, True, {"a": "b"})
    shown = ask("POST", "auth/token/lookup", {"token": made["client_token"]}).data
    assert (shown["display_name"], shown["ttl"], shown["orphan"]) == ("token-bob", 3600, False)
    assert ask("POST", "auth/token/lookup", {"token": "none"}).status == 403


def test_it_ends_by_time_by_uses_and_by_its_parent() -> None:
    ask, clock = dev_vault()
    short = created(ask, ttl="10s")["client_token"]
    twice = created(ask, num_uses=2)["client_token"]
    parent = created(ask, ttl="1h")["client_token"]
    child = created(Asking(ask.face, str(parent)), ttl="1h")["client_token"]
    orphan = created(ask, no_parent=True)["client_token"]

    def alive(token: object) -> bool:
        return ask("GET", "auth/token/lookup-self", token=str(token)).status == 200

    assert [alive(twice), alive(twice), alive(twice)] == [True, True, False]
    assert alive(child)
    assert ask("POST", "auth/token/revoke", {"token": parent}).status == 204
    assert not alive(child)
    assert alive(short)
    clock.at += 11
    assert not alive(short)
    assert alive(orphan)


def test_nobody_gives_more_than_they_have() -> None:
    ask, _ = dev_vault()
    maker = ask.as_one_with(MAKER)
    for body in (
        {"policies": ["root"]},
        {"policies": ["other"]},
        {"id": "chosen"},
        {"no_parent": True},
        {"period": "1h"},
        {"policies": ["response-wrapping"]},
        {"policies": [" ROOT "]},
    ):
        assert maker("POST", "auth/token/create", body).status == 400, body
    assert created(maker)["policies"] == ["default", "theirs"]
    assert maker("POST", "auth/token/create-orphan", {}).status == 403


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"ttl": "z"}, "invalid duration"), ({"ttl": "-1s"}, "positive"), ({"type": "x"}, "token_type"),
        ({"type": "batch"}, "batch"), ({"id": "a.b"}, "'.'"), ({"num_uses": -1}, "negative"), ({"meta": "x"}, "meta"),
        ({"policies": {}}, "policies"), ({"num_uses": "x"}, "int"), ({"renewable": "x"}, "bool"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_said(body: dict[str, object], said: str) -> None:
    ask, _ = dev_vault()
    found = ask("POST", "auth/token/create", body)
    assert found.status == 400
    assert said in found.errors[0]


def test_a_life_is_capped_and_renewed_within_its_bounds() -> None:
    ask, clock = dev_vault()
    capped = ask("POST", "auth/token/create", {"ttl": "9999h"})
    assert capped.body["auth"]["lease_duration"] == 768 * 3600
    assert any("capped" in warning for warning in capped.body["warnings"])
    token = created(ask, ttl="10m", explicit_max_ttl="15m")["client_token"]
    clock.at += 500
    assert ask("POST", "auth/token/renew", {"token": token}).body["auth"]["lease_duration"] == 400
    periodic = created(ask, period="10m")["client_token"]
    clock.at += 500
    assert ask("POST", "auth/token/renew-self", {}, token=str(periodic)).body["auth"]["lease_duration"] == 600
    fixed = created(ask, renewable=False)["client_token"]
    assert ask("POST", "auth/token/renew-self", {}, token=str(fixed)).status == 400
    assert ask("POST", "auth/token/renew", {"token": "none"}).status == 400


def test_an_accessor_names_a_token_without_being_one() -> None:
    ask, _ = dev_vault()
    made = created(ask, ttl="1h")
    accessor = made["accessor"]
    assert ask("GET", "auth/token/lookup-self", token=str(accessor)).status == 403
    assert ask("POST", "auth/token/lookup-accessor", {"accessor": accessor}).data["id"] == ""
    assert ask("POST", "auth/token/renew-accessor", {"accessor": accessor}).body["auth"]["client_token"] == ""
    assert accessor in ask("LIST", "auth/token/accessors").data["keys"]
    assert ask("POST", "auth/token/revoke-accessor", {"accessor": accessor}).status == 204
    assert ask("POST", "auth/token/lookup-accessor", {"accessor": accessor}).errors == ["invalid accessor"]


def test_a_role_bounds_what_is_created_against_it() -> None:
    ask, _ = dev_vault()
    assert ask("LIST", "auth/token/roles").status == 404
    role = {"allowed_policies": "a,b", "disallowed_policies_glob": "b*", "orphan": True, "token_period": "5m"}
    assert ask("POST", "auth/token/roles/r", role).status == 204
    assert ask("GET", "auth/token/roles/r").data["allowed_policies"] == ["a", "b"]
    assert ask("POST", "auth/token/create/r", {"policies": ["c"]}).status == 400
    assert ask("POST", "auth/token/create/r", {"policies": ["b"]}).status == 400
    made = ask("POST", "auth/token/create/r", {"policies": ["a"]}).body["auth"]
    assert (made["policies"], made["orphan"], made["lease_duration"]) == (["a", "default"], True, 300)
    assert ask("POST", "auth/token/create/none", {}).errors == ["unknown role none"]
    assert ask("POST", "auth/token/roles/r", {"token_bound_cidrs": ["10.0.0.0/8"]}).status == 400
    assert ask("DELETE", "auth/token/roles/r").status == 204
    assert ask("GET", "auth/token/roles/r").status == 404


def test_a_revoked_orphans_children_go_on() -> None:
    ask, _ = dev_vault()
    parent = created(ask, ttl="1h")["client_token"]
    child = str(created(Asking(ask.face, str(parent)))["client_token"])
    assert ask("POST", "auth/token/revoke-orphan", {"token": parent}).status == 204
    assert ask("GET", "auth/token/lookup-self", token=child).data["orphan"] is True
    assert ask("POST", "auth/token/revoke-orphan", {"token": "none"}).status == 400
