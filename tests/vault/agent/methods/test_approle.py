"""AppRole: a role id and a secret id for a token."""

from tests.vault.agent.parts import Asking, dev_vault


def with_role(**role: object) -> tuple[Asking, object]:
    ask, clock = dev_vault()
    assert ask("POST", "sys/auth/approle", {"type": "approle"}).status == 204
    assert ask("POST", "auth/approle/role/r", {"token_policies": "x", "token_ttl": "1h", **role}).status == 204
    return ask, clock


def login(ask: Asking, secret_id: str, role_id: str = "") -> int:
    role_id = role_id or ask("GET", "auth/approle/role/r/role-id").data["role_id"]
    return ask("POST", "auth/approle/login", {"role_id": role_id, "secret_id": secret_id}, token="").status


def test_both_ids_make_a_token() -> None:
    ask, _ = with_role()
    made = ask("POST", "auth/approle/role/r/secret-id", {"metadata": '{"a": "b"}'}).data
    role_id = ask("GET", "auth/approle/role/r/role-id").data["role_id"]
    said = ask("POST", "auth/approle/login", {"role_id": role_id, "secret_id": made["secret_id"]}, token="")
    assert said.body["auth"]["policies"] == ["default", "x"]
    assert said.body["auth"]["metadata"] == {"role_name": "r", "a": "b"}
    assert said.body["auth"]["lease_duration"] == 3600


def test_one_refusal_for_every_wrong_id() -> None:
    ask, _ = with_role()
    good = ask("POST", "auth/approle/role/r/secret-id", {}).data["secret_id"]
    assert login(ask, "wrong") == login(ask, good, "wrong") == login(ask, "") == 400
    assert login(ask, good) == 200


def test_a_secret_id_ends_by_uses_by_time_and_when_destroyed() -> None:
    ask, clock = with_role(secret_id_num_uses=1, secret_id_ttl="10m")
    once = ask("POST", "auth/approle/role/r/secret-id", {}).data["secret_id"]
    assert [login(ask, once), login(ask, once)] == [200, 400]
    late = ask("POST", "auth/approle/role/r/secret-id", {}).data["secret_id"]
    clock.at += 601  # type: ignore[attr-defined]
    assert login(ask, late) == 400
    gone = ask("POST", "auth/approle/role/r/secret-id", {}).data
    assert (
        ask(
            "POST", "auth/approle/role/r/secret-id-accessor/lookup", {"secret_id_accessor": gone["secret_id_accessor"]}
        ).status
        == 200
    )
    assert (
        ask(
            "POST", "auth/approle/role/r/secret-id-accessor/destroy", {"secret_id_accessor": gone["secret_id_accessor"]}
        ).status
        == 204
    )
    assert login(ask, gone["secret_id"]) == 400
    assert ask("POST", "auth/approle/role/r/secret-id/lookup", {"secret_id": gone["secret_id"]}).status == 204


def test_a_custom_id_is_kept_once() -> None:
    ask, _ = with_role()
    assert ask("POST", "auth/approle/role/r/custom-secret-id", {"secret_id": "mine"}).data["secret_id"] == "mine"
    assert ask("POST", "auth/approle/role/r/custom-secret-id", {"secret_id": "mine"}).status == 400
    assert ask("POST", "auth/approle/role/r/role-id", {"role_id": "chosen"}).status == 204
    assert login(ask, "mine", "chosen") == 200


def test_parts_of_a_role_are_read_written_and_reset() -> None:
    ask, _ = with_role()
    assert ask("GET", "auth/approle/role/r/policies").data == {"token_policies": ["x"]}
    assert ask("POST", "auth/approle/role/r/policies", {"policies": "y"}).status == 204
    assert ask("GET", "auth/approle/role/r").data["token_policies"] == ["y"]
    assert ask("DELETE", "auth/approle/role/r/bind-secret-id").status == 204
    assert ask("LIST", "auth/approle/role").data["keys"] == ["r"]
    assert ask("DELETE", "auth/approle/role/r").status == 204
    assert ask("GET", "auth/approle/role/r").status == 404


def test_bounds_that_are_not_enforced_are_not_kept() -> None:
    ask, _ = with_role()
    assert ask("POST", "auth/approle/role/r", {"secret_id_bound_cidrs": ["10.0.0.0/8"]}).status == 400
    assert ask("POST", "auth/approle/role/r/secret-id", {"cidr_list": ["10.0.0.0/8"]}).status == 400
    assert ask("POST", "auth/approle/role/r/secret-id", {"cidr_list": ["127.0.0.1/32"]}).status == 200
    assert ask("POST", "auth/approle/role/r", {"token_type": "batch"}).status == 400


def test_a_method_that_is_disabled_takes_its_tokens_along() -> None:
    ask, _ = with_role()
    made = ask("POST", "auth/approle/role/r/secret-id", {}).data["secret_id"]
    role_id = ask("GET", "auth/approle/role/r/role-id").data["role_id"]
    token = ask("POST", "auth/approle/login", {"role_id": role_id, "secret_id": made}).body["auth"]["client_token"]
    assert ask("GET", "auth/token/lookup-self", token=token).status == 200
    assert ask("DELETE", "sys/auth/approle").status == 204
    assert ask("GET", "auth/token/lookup-self", token=token).status == 403
