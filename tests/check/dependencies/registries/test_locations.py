"""Where each ecosystem's own tool says that its registry is."""

import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from shutil import which
from types import ModuleType

import pytest

from wardline.check.dependencies.freshness.asking import Registry, RegistryError
from wardline.check.dependencies.registries import crates, go, maven, npm, packagist, pypi, rubygems
from wardline.kernel import http
from wardline.kernel.plugins import catalogue

Tool = Callable[[str, str], None]
TOOLS = {"pypi": "pip", "npm": "npm", "go": "go", "crates": "cargo", "maven": "mvn", "rubygems": "gem"}
PLUGINS = catalogue("wardline.check.dependencies.registries")


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.module)
def test_a_plug_in_declares_what_the_service_needs(plugin: object) -> None:
    declared = plugin.declared
    assert set(declared) >= {"ECOSYSTEM", "TITLE", "SINCE", "DATES_APART"}
    module: ModuleType = import_module(plugin.module)
    assert callable(module.locate)
    assert callable(module.releases)
    assert callable(getattr(module, "published", None)) is declared["DATES_APART"]
    assert "Where the" in plugin.doc


@pytest.mark.parametrize("module", [crates, go, npm, packagist, pypi, rubygems])
def test_a_tool_that_is_not_there_is_said(tool: Tool, module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/python")
    with pytest.raises(RegistryError, match="cannot be run"):
        module.locate()


@pytest.mark.parametrize(
    ("module", "name"),
    [(crates, "cargo"), (go, "go"), (npm, "npm"), (packagist, "composer"), (pypi, "pip"), (rubygems, "gem")],
)
@pytest.mark.parametrize("said", ["", "null", "{}", "[]", "no idea", '{"registry": 5, "GOPROXY": "direct"}'])
def test_a_tool_that_does_not_say_is_no_registry(tool: Tool, module: ModuleType, name: str, said: str) -> None:
    tool(name, f"echo '{said}'")
    with pytest.raises(RegistryError):
        module.locate()


def test_uv_s_index_comes_before_pip_s(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://registry.example/uv/simple")
    assert pypi.locate().url == "https://registry.example/uv/simple/"


def test_pip_s_settings_come_before_its_default_and_the_environment_before_its_files(tool: Tool) -> None:
    tool(
        "pip",
        """if [ "$1" = config ]; then
        echo ":env:.index-url='https://me:hidden@registry.example/env'"
        echo "global.index-url='https://registry.example/global'"
        echo "global.extra-index-url='https://registry.example/a https://registry.example/b'"
        echo "user.timeout='5'"
        else echo '-i, --index-url <url>  Base URL (default https://registry.example/default).'; fi""",
    )
    found = pypi.locate()
    assert found.url == "https://registry.example/env/"
    assert found.authorization == http.basic("me", "hidden")
    assert [also.url for also in found.also] == ["https://registry.example/a/", "https://registry.example/b/"]
    assert "hidden" not in repr(found)


def test_pip_s_default_is_the_one_its_help_shows(tool: Tool) -> None:
    help_text = (
        "  -i, --index-url <url>  Base URL of the Python Package Index (default https://registry.example/simple). This"
    )
    tool("pip", f"""if [ "$1" = install ] && [ "$COLUMNS" = 2000 ]; then echo '{help_text}'; fi""")
    assert pypi.locate().url == "https://registry.example/simple/"


def npm_says(tool: Tool, tmp_path: Path, npmrc: str, **settings: str) -> Registry:
    import json

    (tmp_path / "home" / ".npmrc").write_text(npmrc)
    said = {"registry": "https://registry.example/npm/", "userconfig": str(tmp_path / "home" / ".npmrc"), **settings}
    tool("npm", f"echo '{json.dumps(said)}'")
    return npm.locate()


def test_npm_s_tokens_go_to_the_address_they_are_for_and_to_no_other(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_TOKEN", "made-up")
    npmrc = "//registry.example/npm/:_authToken=${OUR_TOKEN}\n//registry.example/:_auth = abc\n//b.example/:_auth=x"
    found = npm_says(tool, tmp_path, npmrc, **{"@ours:registry": "https://registry.example/ours"})
    assert found.authorization == "Bearer made-up"
    (ours,) = found.of("@ours/thing")
    assert (ours.url, ours.authorization) == ("https://registry.example/ours/", "Basic abc")
    assert found.of("thing") == (found,)
    assert "made-up" not in repr(found)


def test_npm_without_tokens_sends_none(tool: Tool, tmp_path: Path) -> None:
    for npmrc in (
        "",
        "//registry.exampl/:_authToken=x",
        "//registry.example/npm/:username=a\n//registry.example/npm/:_password=***",
    ):
        assert npm_says(tool, tmp_path, npmrc).authorization == ""


def test_go_asks_its_proxies_in_turn_and_nobody_about_private_modules(tool: Tool) -> None:
    said = '{"GONOPROXY": "*.corp.example,git.example/team", "GOPROXY": "https://registry.example/go,https://b.example|direct"}'
    tool("go", f"echo '{said}'")
    found = go.locate()
    assert [place.url for place in found.of("a.example/b")] == ["https://registry.example/go/", "https://b.example/"]
    for name in ("x.corp.example/a/b", "git.example/team/tool"):
        assert found.of(name) == ()
    assert found.of("git.example/other/tool") != ()


def test_cargo_says_where_its_index_is_when_it_cannot_reach_it(tool: Tool, tmp_path: Path) -> None:
    said = "  failed to download from `https://registry.example/i/config.json`"
    tool("cargo", f"""[ "$CARGO_HTTP_PROXY" = http://127.0.0.1:9 ] && echo '{said}' >&2""")
    home = tmp_path / "home" / ".cargo"
    home.mkdir()
    assert (crates.locate().url, crates.locate().authorization) == ("https://registry.example/i/", "")
    (home / "config.toml").write_text('[registries.ours]\nindex = "sparse+https://registry.example/i/"\n')
    (home / "credentials.toml").write_text('[registries.ours]\ntoken = "made-up"\n')
    assert crates.locate().authorization == "made-up"


def maven_home(tmp_path: Path, settings: str = "") -> Path:
    home = tmp_path / "maven"
    (home / "lib").mkdir(parents=True)
    (home / "conf").mkdir()
    pom = """<project xmlns="urn:x"><repositories><repository><id>central</id>
    <url>https://registry.example/maven2</url></repository></repositories></project>"""
    with zipfile.ZipFile(home / "lib" / "maven-model-builder-3.9.jar", "w") as archive:
        archive.writestr("org/apache/maven/model/pom-4.0.0.xml", pom)
    (home / "conf" / "settings.xml").write_text(settings or "<settings/>")
    return home


def test_maven_s_central_is_the_one_in_its_super_pom(
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAVEN_HOME", str(maven_home(tmp_path)))
    assert maven.locate().url == "https://registry.example/maven2/"


def mirror(of: str, name: str = "ours") -> str:
    return f"""<settings><mirrors><mirror><id>{name}</id><mirrorOf>{of}</mirrorOf><url>https://registry.example/mirror</url>
    </mirror></mirrors><servers><server><id>ours</id><username>me</username><password>${{env.PW}}</password></server>
    <server><id>sealed</id><username>me</username><password>{{abc=}}</password></server></servers></settings>"""


@pytest.mark.parametrize(
    ("of", "name", "url", "known"),
    [
        ("*", "ours", "https://registry.example/mirror/", True),
        ("external:*", "other", "https://registry.example/mirror/", False),
        ("central,x", "sealed", "https://registry.example/mirror/", False),
        ("*,!central", "ours", "https://registry.example/maven2/", False),
        ("jcenter", "ours", "https://registry.example/maven2/", False),
    ],
)
def test_a_mirror_takes_central_s_place_where_it_says_so(  # noqa: PLR0917 - a table's columns
    tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str, name: str, url: str, *, known: bool
) -> None:
    monkeypatch.setenv("PW", "made-up")
    monkeypatch.setenv("MAVEN_HOME", str(maven_home(tmp_path, mirror(of, name))))
    found = maven.locate()
    assert (found.url, found.authorization) == (url, http.basic("me", "made-up") if known else "")


def test_maven_that_is_nowhere_or_broken_is_said(tool: Tool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RegistryError, match="not installed"):
        maven.locate()
    home = maven_home(tmp_path)
    monkeypatch.setenv("MAVEN_HOME", str(home))
    (home / "lib" / "maven-model-builder-3.9.jar").write_bytes(b"no archive")
    with pytest.raises(RegistryError, match="does not say where Central is"):
        maven.locate()
    (home / "conf" / "settings.xml").write_text("<settings>")
    with pytest.raises(RegistryError, match="not XML"):
        maven.locate()


def test_gem_names_its_servers(tool: Tool) -> None:
    tool("gem", "printf '*** CURRENT SOURCES ***\\n\\nhttps://registry.example/\\nhttps://b.example\\n'")
    assert [place.url for place in rubygems.locate().of("a")] == ["https://registry.example/", "https://b.example/"]


def test_composer_names_its_repositories(tool: Tool) -> None:
    tool(
        "composer",
        "echo '[repositories.packagist.org.type] composer'; echo '[repositories.packagist.org.url] https://registry.example'",
    )
    assert packagist.locate().url == "https://registry.example/"


@pytest.mark.parametrize(
    "url", ["file:///srv/index", "ftp://registry.example", "registry.example", "", "http://[::1", "https://"]
)
def test_only_http_addresses_are_registries(tool: Tool, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", url or " ")
    with pytest.raises(RegistryError, match="http"):
        pypi.locate()


@pytest.mark.native
@pytest.mark.parametrize("name", TOOLS)
def test_the_real_tool_says_where_its_registry_is(name: str) -> None:
    if which(TOOLS[name]) is None:
        pytest.skip(f"{TOOLS[name]} is not installed")
    found: Registry = import_module(f"wardline.check.dependencies.registries.{name}").locate()
    assert found.url.startswith("http")
    assert found.url.endswith("/")
