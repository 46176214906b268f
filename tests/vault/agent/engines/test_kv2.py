"""KV version 2, request by request, as its documentation has it."""

import pytest
from tests.vault.agent.parts import dev_vault

PATCH = {"content_type": "application/merge-patch+json"}


def test_versions_count_up_and_each_can_be_read() -> None:
    ask, _ = dev_vault()
    for number in (1, 2, 3):
        written = ask("POST", "secret/data/a", {"data": {"x": number}})
        assert (written.status, written.data["version"]) == (200, number)
    assert ask("GET", "secret/data/a").data["data"] == {"x": 3}
    assert ask("GET", "secret/data/a?version=1").data["data"] == {"x": 1}
    assert ask("GET", "secret/data/a?version=9").status == 404
    assert ask("GET", "secret/data/none").errors == []
    assert ask("GET", "secret/data/a?version=z").status == 400


def test_cas_says_which_version_is_replaced() -> None:
    ask, _ = dev_vault()
    assert ask("PUT", "secret/data/a", {"data": {}, "options": {"cas": 0}}).status == 200
    again = ask("PUT", "secret/data/a", {"data": {}, "options": {"cas": 0}})
    assert (again.status, again.errors) == (400, ["check-and-set parameter did not match the current version"])
    assert ask("PUT", "secret/data/a", {"data": {}, "options": {"cas": "1"}}).status == 200
    assert ask("PUT", "secret/data/a", {"data": {}, "options": {"cas": "z"}}).errors == [
        "error parsing check-and-set parameter"
    ]
    assert ask("POST", "secret/config", {"cas_required": True}).status == 204
    assert ask("PUT", "secret/data/b", {"data": {}}).errors == ["check-and-set parameter required for this call"]


def test_a_deleted_version_answers_404_with_what_is_known_of_it_and_comes_back() -> None:
    ask, _ = dev_vault()
    ask("PUT", "secret/data/a", {"data": {"x": 1}})
    assert ask("DELETE", "secret/data/a").status == 204
    gone = ask("GET", "secret/data/a")
    assert gone.status == 404
    assert gone.data["data"] is None
    assert gone.data["metadata"]["deletion_time"]
    assert ask("POST", "secret/undelete/a", {"versions": [1]}).status == 204
    assert ask("GET", "secret/data/a").data["data"] == {"x": 1}
    assert ask("POST", "secret/destroy/a", {"versions": ["1"]}).status == 204
    assert ask("POST", "secret/undelete/a", {"versions": [1]}).status == 204
    assert ask("GET", "secret/data/a").data["metadata"]["destroyed"] is True
    assert ask("POST", "secret/delete/a", {}).errors == ["No version number provided"]


def test_only_as_many_versions_are_kept_as_the_secret_or_the_mount_says() -> None:
    ask, _ = dev_vault()
    for number in range(12):
        ask("PUT", "secret/data/a", {"data": {"x": number}})
    shown = ask("GET", "secret/metadata/a").data
    assert (min(map(int, shown["versions"])), shown["oldest_version"], shown["current_version"]) == (3, 3, 12)
    ask("POST", "secret/metadata/a", {"max_versions": 2})
    ask("PUT", "secret/data/a", {"data": {}})
    assert list(ask("GET", "secret/metadata/a").data["versions"]) == ["12", "13"]


def test_a_version_ends_by_itself_after_its_time() -> None:
    ask, clock = dev_vault()
    ask("POST", "secret/metadata/a", {"delete_version_after": "90s"})
    ask("PUT", "secret/data/a", {"data": {"x": 1}})
    assert ask("GET", "secret/metadata/a").data["delete_version_after"] == "1m30s"
    assert ask("GET", "secret/data/a").status == 200
    clock.at += 91
    assert ask("GET", "secret/data/a").status == 404


def test_a_patch_is_merged_and_says_what_it_wants() -> None:
    ask, _ = dev_vault()
    ask("PUT", "secret/data/a", {"data": {"x": 1, "y": {"z": 1, "w": 2}}})
    patched = ask("PATCH", "secret/data/a", {"data": {"x": None, "y": {"z": 3}}, "options": {"cas": 1}}, **PATCH)
    assert patched.data["version"] == 2
    assert ask("GET", "secret/data/a").data["data"] == {"y": {"z": 3, "w": 2}}
    assert ask("PATCH", "secret/data/a", {"data": {}, "options": {"cas": 1}}, **PATCH).status == 400
    assert ask("PATCH", "secret/data/none", {"data": {}}, **PATCH).status == 404
    assert ask("PATCH", "secret/data/a", {"data": {}}).status == 400
    assert ask("PATCH", "secret/data/a", {"data": {}}, content_type="application/json").status == 415


def test_metadata_is_described_patched_and_forgotten() -> None:
    ask, _ = dev_vault()
    assert ask("POST", "secret/metadata/a", {"custom_metadata": {"k": "v", "l": "m"}}).status == 204
    assert ask("PATCH", "secret/metadata/a", {"custom_metadata": {"k": None}}, **PATCH).status == 204
    assert ask("GET", "secret/metadata/a").data["custom_metadata"] == {"l": "m"}
    assert ask("DELETE", "secret/metadata/a").status == 204
    assert ask("GET", "secret/metadata/a").status == 404
    assert ask("PATCH", "secret/metadata/a", {}, **PATCH).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {"custom_metadata": "x"}, {"custom_metadata": {"": "v"}}, {"custom_metadata": {"k" * 129: "v"}},
        {"custom_metadata": {"k": "v" * 513}}, {"custom_metadata": {str(n): "v" for n in range(65)}},
        {"custom_metadata": {"k": {}}}, {"custom_metadata": {"k": "\n"}}, {"delete_version_after": "x"},
        {"max_versions": -1}, {"max_versions": "z"}, {"cas_required": "maybe"}, {"max_versions": []},
    ],
)  # fmt: skip
def test_metadata_that_is_none_is_refused(body: dict[str, object]) -> None:
    ask, _ = dev_vault()
    assert ask("POST", "secret/metadata/a", body).status == 400


def test_subkeys_show_names_and_no_values() -> None:
    ask, _ = dev_vault()
    ask("PUT", "secret/data/a", {"data": {"a": {"b": {"c": "canary"}}, "d": ["canary"], "e": {}}})
    assert ask("GET", "secret/subkeys/a").data["subkeys"] == {"a": {"b": {"c": None}}, "d": None, "e": None}
    assert ask("GET", "secret/subkeys/a?depth=1").data["subkeys"] == {"a": None, "d": None, "e": None}
    assert "canary" not in str(ask("GET", "secret/subkeys/a"))


def test_lists_show_folders_once_and_nothing_is_not_there() -> None:
    ask, _ = dev_vault()
    for path in ("a/b/c", "a/b/d", "a/e", "f"):
        ask("PUT", f"secret/data/{path}", {"data": {}})
    assert ask("LIST", "secret/metadata").data["keys"] == ["a/", "f"]
    assert ask("GET", "secret/metadata/a?list=true").data["keys"] == ["b/", "e"]
    assert ask("LIST", "secret/metadata/none").status == 404
    assert ask("LIST", "secret/data/").status == 405


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "secret/data/a", {"x": 1}, 400), ("PUT", "secret/data/a", {"data": "x"}, 400),
        ("PUT", "secret/data/", {"data": {}}, 400), ("PUT", "secret/data/a/", {"data": {}}, 400),
        ("GET", "secret/nope/x", None, 404), ("GET", "secret", None, 404), ("GET", "secret/data", None, 404),
        ("DELETE", "secret/config", None, 405), ("POST", "secret/subkeys/a", {}, 405),
        ("GET", "secret/destroy/a", None, 405),
        ("PUT", "secret/data/a", {"data": {}, "options": "x"}, 400),
        ("POST", "secret/delete/a", {"versions": [[]]}, 400),
        ("POST", "secret/delete/a", {"versions": ["x"]}, 400),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_said(method: str, path: str, body: object, status: int) -> None:
    ask, _ = dev_vault()
    assert ask(method, path, body).status == status
