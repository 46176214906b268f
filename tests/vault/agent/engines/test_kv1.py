"""KV version 1 and the cubbyhole."""

from tests.vault.agent.parts import dev_vault


def test_a_value_is_written_read_listed_and_deleted() -> None:
    ask, _ = dev_vault()
    assert ask("POST", "sys/mounts/kv1", {"type": "kv"}).status == 204
    assert ask("PUT", "kv1/a/b", {"x": 1, "ttl": "1h"}).status == 204
    read = ask("GET", "kv1/a/b")
    assert (read.data, read.body["lease_duration"]) == ({"x": 1, "ttl": "1h"}, 3600)
    assert ask("LIST", "kv1").data["keys"] == ["a/"]
    assert ask("DELETE", "kv1/a/b").status == 204
    assert ask("GET", "kv1/a/b").errors == []
    assert ask("PUT", "kv1/a", {}).errors == ["missing data fields"]
    assert ask("PATCH", "kv1/a", {"x": 1}).status == 405


def test_a_ttl_that_is_none_does_not_hide_the_value() -> None:
    ask, _ = dev_vault()
    ask("POST", "sys/mounts/kv1", {"type": "kv-v1"})
    ask("PUT", "kv1/a", {"ttl": "whenever"})
    assert ask("GET", "kv1/a").body["lease_duration"] == 768 * 3600


def test_a_cubbyhole_is_its_tokens_own_and_ends_with_it() -> None:
    ask, _ = dev_vault()
    other = ask.as_one_with('path "x" { capabilities = ["read"] }')
    assert ask("PUT", "cubbyhole/a", {"x": 1}).status == 204
    assert other("GET", "cubbyhole/a").status == 404
    assert other("PUT", "cubbyhole/a", {"x": 2}).status == 204
    assert ask("GET", "cubbyhole/a").data == {"x": 1}
    assert ask("LIST", "cubbyhole").data["keys"] == ["a"]
    assert ask("DELETE", "cubbyhole/a").status == 204
    assert other("GET", "cubbyhole/a").data == {"x": 2}
