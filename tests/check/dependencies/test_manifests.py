import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies.manifests import BY_EXTENSION, BY_NAME
from wardline.check.dependencies.model import LockfileError

ASKS = {
    "package.json": [
        '{"dependencies": {"a": "1"}}',
        '{"devDependencies": {"a": "npm:b@1"}}',
        '{"peerDependencies": {"a": "*"}}',
    ],
    "pyproject.toml": [
        '[project]\nname = "a"\ndependencies = ["b"]\n',
        '[project]\nname = "a"\n[project.optional-dependencies]\nx = ["b"]\n',
        '[project]\nname = "a"\ndynamic = ["dependencies"]\n',
        '[dependency-groups]\ndev = ["b"]\n',
        '[tool.poetry.dependencies]\npython = "^3"\nb = "1"\n',
        '[tool.poetry.group.dev.dependencies]\nb = "1"\n',
        '[tool.uv]\ndev-dependencies = ["b"]\n',
    ],
    "setup.py": ["setup(install_requires=['a'])", "setup(extras_require = EXTRAS)", "install_requires=REQ"],
    "setup.cfg": [
        "[options]\ninstall_requires =\n    a\n",
        "[options]\ninstall_requires = a\n",
        "[options.extras_require]\nx = a\n",
    ],
    "Pipfile": ['[packages]\na = "*"\n', '[dev-packages]\na = "*"\n'],
    "environment.yml": ["name: x\ndependencies:\n  - numpy=1.2\n"],
    "Gemfile": ['source "x"\ngem "a"\n', "gemspec\n", "  gem('a')\n"],
    "gems.rb": ['gem "a"\n'],
    "Cargo.toml": [
        '[dependencies]\na = "1"\n',
        '[dependencies.a]\nversion = "1"\n',
        "[target.'cfg(unix)'.build-dependencies]\na = \"1\"\n",
        '[workspace.dependencies]\na = "1"\n',
    ],
    "composer.json": ['{"require": {"a/b": "*"}}', '{"require-dev": {"a/b": "*"}}'],
    "build.gradle": [
        "implementation 'a.b:c:1.0'",
        "api libs.guava",
        'testImplementation platform("x")',
        "compile group: 'a'",
    ],
    "build.gradle.kts": ['implementation("a.b:c:1.0")', "implementation(libs.guava)", 'classpath("a:b:$v")'],
    "build.sbt": ['libraryDependencies += "a" % "b" % "1"'],
    "project.clj": [':dependencies [[org.clojure/clojure "1.10"]]'],
    "ivy.xml": ['<dependencies><dependency org="a" name="b" rev="1"/></dependencies>'],
    "mix.exs": ['[{:phoenix, "~> 1.5"}]', '[{:x, git: "u"}]'],
    "rebar.config": ["{deps, [cowboy]}."],
    "pubspec.yaml": [
        "dependencies:\n  http: ^1.0.0\n",
        "dev_dependencies:\n  lints: any\n",
        "dependencies:\n  a:\n    git: x\n",
    ],
    "Package.swift": [
        '.package(url: "https://a.example/b", from: "1.0.0")',
        '.package(name: "B", url: "x", from: "1")',
    ],
    "Podfile": ["  pod 'AFNetworking', '~> 2.6'\n"],
    "Cartfile": ['github "a/b" ~> 1.0\n'],
    "conanfile.txt": ["[requires]\nzlib/1.2.11\n", "[requires]\n# comment\n\nzlib/1.2.11\n"],
    "conanfile.py": ['requires = "zlib/1.2.11"', "def build_requires(self):"],
    "vcpkg.json": ['{"dependencies": ["zlib"]}'],
    ".csproj": ['<Project><ItemGroup><PackageReference Include="a" Version="1"/></ItemGroup></Project>'],
    ".gemspec": ['s.add_dependency "a"', 's.add_development_dependency("a")', "s.add_runtime_dependency 'a'"],
    ".cabal": ["library\n  build-depends: base\n"],
}
SILENT = {
    "package.json": [
        "{}",
        '{"name": "a", "dependencies": {}}',
        '{"dependencies": {"a": "workspace:*", "b": "file:../b"}}',
        "[]",
    ],
    "pyproject.toml": [
        "",
        "[tool.ruff]\n",
        '[project]\nname = "a"\ndependencies = []\n',
        '[tool.poetry.dependencies]\npython = "^3"\n',
        '[build-system]\nrequires = ["hatchling"]\n',
    ],
    "setup.py": ["setup()", "setup(install_requires=[])", "setup(extras_require={ })"],
    "setup.cfg": ["[flake8]\nmax-line-length = 100\n", "[options]\ninstall_requires =\n\n[other]\n"],
    "Pipfile": ["[packages]\n"],
    "environment.yml": ["name: x\n"],
    "Gemfile": ['source "x"\n# gem "a"\n'],
    "Cargo.toml": ['[package]\nname = "a"\n', '[dependencies]\na = { path = "../a" }\n'],
    "composer.json": ['{"require": {"php": ">=8", "ext-json": "*"}}', "{}"],
    "build.gradle": ["plugins { id 'java' }", "implementation project(':core')", "url 'https://a.example'"],
    "mix.exs": ["defp deps do\n  []\nend", '{:shared, path: "../shared"}'],
    "rebar.config": ["{deps, []}.", "{erl_opts, [debug_info]}."],
    "pubspec.yaml": ["dependencies:\n  flutter:\n    sdk: flutter\n", "name: a\n", "dependencies:\n"],
    "Package.swift": ['.package(path: "../a")'],
    "conanfile.txt": ["[requires]\n\n[generators]\ncmake\n"],
    "vcpkg.json": ['{"dependencies": []}'],
    ".csproj": ["<Project/>"],
    ".gemspec": ['s.name = "a"'],
}


def _kind(name):
    return BY_NAME.get(name) or BY_EXTENSION[name]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in ASKS.items() for text in texts])
def test_a_manifest_that_asks_for_packages_says_so(name, text):
    assert _kind(name).asks(text.encode())


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SILENT.items() for text in texts])
def test_a_manifest_that_asks_for_nothing_says_so(name, text):
    assert not _kind(name).asks(text.encode())


def test_every_kind_has_an_example_and_a_way_out():
    assert set(ASKS) | {".fsproj", ".vbproj"} == set(BY_NAME) | set(BY_EXTENSION)
    for kind in (*BY_NAME.values(), *BY_EXTENSION.values()):
        assert kind.remedy
        assert kind.title


@pytest.mark.parametrize("name", sorted(ASKS))
@settings(max_examples=15, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_answered_or_refused(name, data):
    kind = _kind(name)
    for question in (kind.asks, kind.workspace, kind.apart):
        try:
            assert question(data) in {True, False}
        except LockfileError:
            continue


@pytest.mark.parametrize("name", sorted(ASKS))
def test_a_huge_manifest_takes_no_time(name):
    kind = _kind(name)
    for piece in (
        b".package(name: ",
        b"{ deps , [ ",
        b"[requires]\n",
        b"'a:",
        b"implementation ",
        b'"type" : ',
        b"\n\n",
        b"gem",
        b"{ :a, ",
    ):
        try:
            kind.asks(piece * (300_000 // len(piece)))
        except LockfileError:
            continue
