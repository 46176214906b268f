"""`sys/`: mounts, policies, capabilities, sealing, wrapping, and what is refused by design."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.agent.parts import Asking, dev_vault

from wardline.vault.agent.system.system import BY_DESIGN


def test_mounts_come_and_go_and_keep_out_of_each_others_way() -> None:
    ask, _ = dev_vault()
    assert ask("POST", "sys/mounts/kv1", {"type": "kv", "options": {"version": "1"}}).status == 204
    for path, body in (
        ("kv1", {"type": "kv"}),
        ("kv1/below", {"type": "kv"}),
        ("sys/x", {"type": "kv"}),
        ("x", {"type": "none"}),
        ("x", {}),
        ("x", {"type": "kv", "options": {"version": "9"}}),
        ("x", {"type": "kv", "options": "y"}),
    ):
        assert ask("POST", f"sys/mounts/{path}", body).status == 400, path
    shown = ask("GET", "sys/mounts").body
    assert shown["kv1/"] == shown["data"]["kv1/"]
    ask("PUT", "kv1/a", {"x": 1})
    assert ask("POST", "sys/remount", {"from": "kv1", "to": "moved"}).status == 200
    assert ask("GET", "moved/a").data == {"x": 1}
    assert ask("DELETE", "sys/mounts/moved").status == 204
    assert ask("DELETE", "sys/mounts/moved").status == 204
    assert ask("GET", "moved/a").status == 404
    for path in ("sys", "cubbyhole"):
        assert ask("DELETE", f"sys/mounts/{path}").status == 400
    assert ask("DELETE", "sys/auth/token").status == 400


def test_a_mount_is_tuned() -> None:
    ask, _ = dev_vault()
    assert ask("GET", "sys/mounts/secret/tune").data["default_lease_ttl"] == 2764800
    assert ask("POST", "sys/mounts/secret/tune", {"default_lease_ttl": "90s", "max_lease_ttl": "1h"}).status == 204
    assert ask("GET", "sys/mounts/secret/tune").data["default_lease_ttl"] == 90
    assert ask("POST", "sys/mounts/secret/tune", {"default_lease_ttl": "2h"}).status == 400
    assert ask("POST", "sys/mounts/secret/tune", {"options": {"version": "1"}}).status == 400
    assert ask("POST", "sys/mounts/none/tune", {}).status == 400


def test_the_clis_question_before_it_asks_is_answered_to_who_may_know() -> None:
    ask, _ = dev_vault()
    assert ask("GET", "sys/internal/ui/mounts/secret/foo").data["options"] == {"version": "2"}
    reader = ask.as_one_with('path "secret/data/a" { capabilities = ["read"] }')
    assert reader("GET", "sys/internal/ui/mounts/secret/foo").status == 403
    allowed = ask.as_one_with(
        'path "secret/data/a" { capabilities = ["read"] } path "sys/internal/ui/mounts*" { capabilities = ["read"] }'
    )
    assert allowed("GET", "sys/internal/ui/mounts/secret/foo").status == 200
    assert allowed("GET", "sys/internal/ui/mounts/none/foo").status == 403
    assert list(allowed("GET", "sys/internal/ui/mounts").data["secret"]) == ["cubbyhole/", "secret/", "sys/"]


def test_policies_are_kept_as_they_were_written() -> None:
    ask, _ = dev_vault()
    text = '# mine\npath "a" { capabilities = ["read"] }'
    assert ask("PUT", "sys/policies/acl/Mine", {"policy": text}).status == 204
    assert ask("GET", "sys/policies/acl/mine").data == {"name": "mine", "policy": text}
    assert ask("GET", "sys/policy/mine").body["rules"] == text
    assert ask("LIST", "sys/policies/acl").data["keys"] == ["default", "mine", "root"]
    assert ask("GET", "sys/policy").body["keys"] == ["default", "mine", "root"]
    assert ask("PUT", "sys/policies/acl/bad", {"policy": 'path "a" {'}).errors[0].startswith("failed to parse policy")
    assert ask("PUT", "sys/policies/acl/bad", {"policy": " "}).status == 400
    assert ask("PUT", "sys/policies/acl/root", {"policy": text}).status == 400
    assert ask("PUT", "sys/policies/rgp/x", {"policy": text}).status == 404
    assert ask("DELETE", "sys/policies/acl/mine").status == 204
    assert ask("GET", "sys/policies/acl/mine").status == 404


def test_capabilities_are_told() -> None:
    ask, _ = dev_vault()
    mine = ask.as_one_with('path "a/*" { capabilities = ["read", "list"] }')
    said = mine("POST", "sys/capabilities-self", {"paths": ["a/b", "c"]})
    assert said.data == {"a/b": ["list", "read"], "c": ["deny"]}
    assert ask("POST", "sys/capabilities-self", {"path": "x"}).data["capabilities"] == ["root"]
    assert ask("POST", "sys/capabilities", {"token": mine.token, "paths": ["a/b"]}).data["a/b"] == ["list", "read"]
    for path, body in (("capabilities-self", {}), ("capabilities", {"token": "x"}), ("capabilities-accessor", {})):
        assert ask("POST", f"sys/{path}", body).status == 400


def test_what_needs_sudo_needs_it() -> None:
    ask, _ = dev_vault()
    without = ask.as_one_with('path "sys/*" { capabilities = ["create", "update", "read", "delete"] }')
    assert without("PUT", "sys/seal").status == 403
    assert without("POST", "sys/auth/x", {"type": "userpass"}).status == 403
    assert without("POST", "sys/mounts/x", {"type": "kv"}).status == 204
    with_it = ask.as_one_with('path "sys/*" { capabilities = ["create", "update", "sudo"] }')
    assert with_it("PUT", "sys/seal").status == 204


def test_a_vault_is_initialised_once_sealed_and_unsealed_with_enough_keys() -> None:
    ask, _ = dev_vault(uninitialised=True)
    assert ask("GET", "sys/health").status == 501
    assert ask("GET", "secret/data/a").status == 503
    assert ask("PUT", "sys/unseal", {"key": "00"}).status == 400
    assert ask("PUT", "sys/init", {"secret_shares": 2, "secret_threshold": 3}).status == 400
    made = ask("PUT", "sys/init", {"secret_shares": 5, "secret_threshold": 3}).body
    assert (len(made["keys"]), ask("GET", "sys/init").body["initialized"]) == (5, True)
    assert ask("PUT", "sys/init", {}).status == 400
    assert ask("GET", "sys/health").status == 503
    assert ask("GET", "sys/health?sealedcode=299").status == 299
    for key in (made["keys"][0], made["keys"][0], made["keys_base64"][1]):
        assert ask("PUT", "sys/unseal", {"key": key}).body["sealed"] is True
    assert ask("PUT", "sys/unseal", {"reset": True}).body["progress"] == 0
    for key in (*made["keys"][:2], "ab" * 33):
        last = ask("PUT", "sys/unseal", {"key": key})
    assert last.errors == ["unseal failed, invalid key"]
    for key in made["keys"][2:]:
        last = ask("PUT", "sys/unseal", {"key": key})
    assert last.body["sealed"] is False
    root = Asking(ask.face, made["root_token"])
    assert root("GET", "sys/health").status == 200
    assert root("GET", "sys/health?activecode=x").status == 400
    assert root("PUT", "sys/seal").status == 204
    assert root("GET", "sys/mounts").errors == ["Vault is sealed"]


@pytest.mark.parametrize("area", sorted(BY_DESIGN))
def test_what_is_refused_by_design_says_why(area: str) -> None:
    ask, _ = dev_vault()
    said = ask("PUT", f"sys/{area}/x", {})
    assert said.status == 400
    assert said.errors == [BY_DESIGN[area]]


def test_an_answer_is_wrapped_for_one_caller() -> None:
    ask, clock = dev_vault()
    ask("PUT", "secret/data/a", {"data": {"x": 1}})
    wrapped = ask("GET", "secret/data/a", x_vault_wrap_ttl="60").body
    assert wrapped["data"] is None
    token = wrapped["wrap_info"]["token"]
    assert ask("POST", "sys/wrapping/lookup", {"token": token}).data["creation_path"] == "secret/data/a"
    assert ask("POST", "sys/wrapping/unwrap", {}, token=token).data["data"] == {"x": 1}
    assert ask("POST", "sys/wrapping/unwrap", {"token": token}).status == 400
    again = ask("POST", "sys/wrapping/wrap", {"y": 2}, x_vault_wrap_ttl="1m").body["wrap_info"]["token"]
    assert ask("GET", "cubbyhole/response", token=again).data["response"]
    late = ask("POST", "sys/wrapping/wrap", {"y": 2}, x_vault_wrap_ttl="1m").body["wrap_info"]["token"]
    clock.at += 61
    assert ask("POST", "sys/wrapping/unwrap", {"token": late}).status == 400
    assert ask("POST", "sys/wrapping/wrap", {}).status == 400
    assert ask("GET", "secret/data/a", x_vault_wrap_ttl="x").status == 400


def test_tools_compute_and_keep_nothing() -> None:
    ask, _ = dev_vault()
    assert len(ask("POST", "sys/tools/random/8", {"format": "hex"}).data["random_bytes"]) == 16
    assert ask("POST", "sys/tools/hash", {"input": "YQ=="}).data["sum"].startswith("ca978112")
    assert ask("POST", "sys/tools/random", {"bytes": 10**9}).status == 400
    assert ask("POST", "sys/tools/hash/md5", {"input": ""}).status == 400


def test_namespaces_are_refused_clearly() -> None:
    ask, _ = dev_vault()
    said = ask("GET", "secret/data/a", x_vault_namespace="team")
    assert said.status == 400
    assert "namespaces are not supported" in said.errors[0]
    assert ask("GET", "sys/health", x_vault_namespace="").status == 200


@pytest.mark.parametrize("body", [b"{nope", b"[1]", b'"x"', b"\xff", b"[" * 100_000, b'{"a": NaN}', b'{"a":' * 50_000])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    ask, _ = dev_vault()
    said = ask("PUT", "secret/data/a", body)
    assert said.status == 400
    assert said.errors[0].startswith("failed to decode JSON input")


def test_a_bearer_token_is_as_good_as_the_header() -> None:
    ask, _ = dev_vault()
    assert ask("GET", "sys/mounts", token="", authorization=f"Bearer {ask.token}").status == 200
    assert ask("GET", "sys/mounts", token="", authorization=f"Basic {ask.token}").status == 403
    assert ask("GET", "sys/mounts", token="\x1b").errors[0].startswith("invalid header value")


_BODY = st.dictionaries(
    st.sampled_from(
        ["data", "options", "versions", "policies", "ttl", "type", "token", "path", "custom_metadata", "x"]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)
_PATHS = st.sampled_from(
    ["secret/data/a", "secret/metadata/a", "secret/config", "secret/delete/a", "secret/subkeys/a", "kv1/a",
     "cubbyhole/a",
     "auth/token/create", "auth/token/lookup", "auth/token/roles/r", "auth/approle/role/r", "auth/approle/login",
     "auth/userpass/users/u", "auth/jwt/config", "auth/jwt/role/r", "auth/jwt/login", "auth/cert/certs/c",
     "auth/cert/login",
     "sys/mounts/x", "sys/auth/y", "sys/policies/acl/p", "sys/wrapping/unwrap", "sys/capabilities-self", "sys/unseal",
     "sys/init", "sys/remount", "sys/mounts/secret/tune", "sys/leases/lookup", "sys/tools/random", "sys/tools/hash"]
)  # fmt: skip


@given(st.sampled_from(["GET", "PUT", "PATCH", "LIST", "DELETE"]), _PATHS, _BODY)
@settings(max_examples=200, deadline=None)
def test_any_request_is_answered(method: str, path: str, body: dict[str, object]) -> None:
    ask, _ = dev_vault()
    for kind in ("approle", "userpass", "jwt", "cert"):
        ask("POST", f"sys/auth/{kind}", {"type": kind})
    ask("POST", "sys/mounts/kv1", {"type": "kv"})
    said = ask(method, path, body, content_type="application/merge-patch+json")
    assert said.status in {200, 204, 400, 403, 404, 405, 415, 503}
    if said.status >= 400 and said.status != 404:
        assert said.errors is not None
