"""The policies that always stand, and those that are added."""

import pytest

from wardline.vault.agent.policies.standing import DEFAULT_TEXT, Policies


def test_root_and_default_always_stand() -> None:
    policies = Policies()
    assert policies.names() == ["default", "root"]
    assert policies.text("root") == ""
    assert policies.text("default") == DEFAULT_TEXT
    for name in ("root", "default", "response-wrapping"):
        with pytest.raises(ValueError, match="delete"):
            policies.delete(name)
    with pytest.raises(ValueError, match="update"):
        policies.put("root", 'path "*" {}')


def test_a_policy_is_kept_as_it_was_written_and_forgotten_when_told() -> None:
    policies = Policies()
    policies.put("mine", '# why\npath "a" { capabilities = ["read"] }')
    assert (policies.text("mine") or "").startswith("# why")
    assert [rule.path for rule in policies.rules(("mine", "unknown"))] == ["a"]
    policies.delete("mine")
    policies.delete("mine")
    assert policies.text("mine") is None


@pytest.mark.parametrize("name", ["", "a/b", "A", "a\n", "x" * 300])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Policies().put(name, "")
