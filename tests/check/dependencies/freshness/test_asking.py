from urllib.parse import quote

import pytest

from wardline.check.dependencies.freshness.asking import (
    Registry,
    RegistryError,
    UnknownPackageError,
    expanded,
    plain_name,
    registry,
    told,
    xml,
)
from wardline.kernel import http


def test_a_registry_s_address_ends_with_a_slash_and_holds_no_credentials() -> None:
    found = registry(f" https://me:{quote('p@ss')}@registry.example:8443/simple ")
    assert (found.url, found.authorization) == ("https://registry.example:8443/simple/", http.basic("me", "p@ss"))
    assert registry("https://registry.example", authorization="Bearer x").authorization == "Bearer x"


@pytest.mark.parametrize("url", ["", "registry.example", "file:///a", "https://", "http://[::1", "http://\x00/"])
def test_what_is_no_http_address_is_no_registry(url: str) -> None:
    with pytest.raises(RegistryError):
        registry(url)


def test_a_refused_address_is_shown_without_its_credentials() -> None:
    with pytest.raises(RegistryError) as caught:
        registry("ftp://me:hidden@registry.example/")
    assert "hidden" not in caught.value.detail


def test_a_scope_has_its_own_registry_and_no_other_is_asked() -> None:
    ours = Registry(url="https://ours.example/")
    found = Registry(url="https://a.example/", also=(Registry(url="https://b.example/"),), scopes={"@ours/": ours})
    assert [place.url for place in found.of("thing")] == ["https://a.example/", "https://b.example/"]
    assert found.of("@ours/thing") == (ours,)
    assert found.of("@ours-not/thing")[0] is found


def test_private_patterns_match_whole_parts_of_a_path() -> None:
    found = Registry(url="https://a.example/", private=("*.corp.example", "git.example/team-*"))
    for name in ("x.corp.example", "x.corp.example/a", "git.example/team-a/b"):
        assert found.of(name) == ()
    for name in ("corp.example/a", "git.example/other", "a.example/x.corp.example"):
        assert found.of(name) == (found,)


@pytest.mark.parametrize(
    "name", ["requests", "@types/node", "org.example:core", "github.com/BurntSushi/toml", "a+b_c.d~e"]
)
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert plain_name(name) == name


@pytest.mark.parametrize("name", ["", "..", "a/../b", "a b", "a?", "a#b", "a%2e", "a\\b", "a\nb", "\u202eb", "x" * 301])
def test_a_name_that_would_change_an_address_is_no_package(name: str) -> None:
    with pytest.raises(UnknownPackageError):
        plain_name(name)


def test_settings_may_name_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "registry.example")
    monkeypatch.delenv("NOT_SET", raising=False)
    assert expanded("https://${HOST}/${env.HOST}/${NOT_SET}") == "https://registry.example/registry.example/"
    assert expanded("$HOST") == "$HOST"


def test_a_missing_tool_and_a_broken_document_are_registry_errors() -> None:
    with pytest.raises(RegistryError, match="cannot be run"):
        told("wardline-no-such-tool")
    with pytest.raises(RegistryError, match=r"settings\.xml: not XML"):
        xml(b"<a>", "settings.xml")
