"""Manifests: files in which a project asks for third-party packages, and the lockfiles that answer them.

What a manifest asks for is read as its own tool would, where it is data; where it is a program (`setup.py`,
`build.gradle`, `mix.exs`), the words with which one asks for a package are looked for.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from wardline.check.dependencies.reading import load_json, load_toml, load_yaml, mapping, sequence, text

Asks = Callable[[bytes], bool]


class Manifest(NamedTuple):
    """One kind of manifest.

    `locks` are base names of the lockfiles that may answer it, `lock_pattern` one for names that vary. `asks(data)`
    says whether it asks for third-party packages. A file in `above` (a path relative to a folder) covers all folders
    below its own; the `locks` of a folder above do where `workspace(data)` of the manifest there says so, or a file in
    `marks` is there. `apart(data)` says that nothing above covers this manifest.
    """

    title: str
    asks: Asks
    remedy: str
    locks: frozenset[str]
    lock_pattern: str = ""
    above: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    workspace: Asks = lambda _: False
    apart: Asks = lambda _: False


def _searches(pattern: str) -> Asks:
    return lambda data: re.search(pattern.encode(), data, re.MULTILINE) is not None


def _any_of(table: Mapping[str, Any], *sections: str) -> bool:
    return any(mapping(table.get(section)) for section in sections)


_LOCAL_NPM: Final = ("workspace:", "file:", "link:", "portal:")
_PLATFORM: Final = r"(?i)(?:php(?:-.*)?|hhvm|composer(?:-.*)?|(?:ext|lib)-.*)"


def _package_json(data: bytes) -> bool:
    document = mapping(load_json(data))
    sections = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
    asked = (version for section in sections for version in mapping(document.get(section)).values())
    return any(not text(version).startswith(_LOCAL_NPM) for version in asked)


def _pyproject(data: bytes) -> bool:
    document = load_toml(data)
    project, tool = mapping(document.get("project")), mapping(document.get("tool"))
    poetry = mapping(tool.get("poetry"))
    tables = [poetry, *map(mapping, mapping(poetry.get("group")).values())]
    by_poetry = any(mapping(table.get(key)).keys() - {"python"} for table in tables for key in _POETRY)
    dynamic = "dependencies" in sequence(project.get("dynamic"))
    groups = _any_of(project, "optional-dependencies") or _any_of(document, "dependency-groups")
    tools = mapping(tool.get("pdm")).get("dev-dependencies") or mapping(tool.get("uv")).get("dev-dependencies")
    return bool(sequence(project.get("dependencies")) or groups or by_poetry or tools) or dynamic


_POETRY: Final = ("dependencies", "dev-dependencies")


def _pipfile(data: bytes) -> bool:
    return _any_of(load_toml(data), "packages", "dev-packages")


def _cargo(data: bytes) -> bool:
    document = load_toml(data)
    workspace = mapping(document.get("workspace"))
    tables = [document, workspace, *map(mapping, mapping(document.get("target")).values())]
    sections = ("dependencies", "dev-dependencies", "build-dependencies")
    rows = (row for table in tables for section in sections for row in mapping(table.get(section)).values())
    return any("path" not in mapping(row) for row in rows)


def _composer(data: bytes) -> bool:
    document = mapping(load_json(data))
    names = (name for section in ("require", "require-dev") for name in mapping(document.get(section)))
    return any(not re.fullmatch(_PLATFORM, name) for name in names)


def _pubspec(data: bytes) -> bool:
    document, _ = load_yaml(data)
    sections = ("dependencies", "dev_dependencies")
    rows = [row for section in sections for row in mapping(mapping(document).get(section)).values()]
    return any(not mapping(row).keys() & {"sdk", "path"} for row in rows)


def _conda(data: bytes) -> bool:
    document, _ = load_yaml(data)
    return bool(sequence(mapping(document).get("dependencies")))


def _vcpkg(data: bytes) -> bool:
    return bool(sequence(mapping(load_json(data)).get("dependencies")))


def _uv_workspace(data: bytes) -> bool:
    return "workspace" in mapping(mapping(load_toml(data).get("tool")).get("uv"))


_SBOM: Final = "make an SBOM of it (CycloneDX or SPDX, with purls) and commit it beside it"
_PYTHON: Final = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock"})
_PYTHON_PATTERN: Final = r"pylock\..+\.toml|(?:.*[-_.])?requirements?(?:[-_.].*)?\.txt"
_NODE: Final = frozenset(
    {
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "shrinkwrap.yaml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
    }
)
_NUGET: Final = frozenset({"packages.lock.json", "packages.config", "project.assets.json", "paket.lock"})
_GRADLE_LOCKS: Final = frozenset({"gradle.lockfile"})
_VERIFIED: Final = ("gradle/verification-metadata.xml",)
_HASKELL: Final = frozenset({"cabal.project.freeze", "stack.yaml.lock"})

_GEM_NEEDED: Final = _searches(r"\badd_(?:runtime_|development_)?dependency\b")
_GRADLE: Final = _searches(
    r"[\"'][\w.-]+:[\w.-]+(?::[^\"'\s]+)?[\"']|\b(?:\w*[iI]mplementation|api|\w*[cC]ompileOnly|\w*[rR]untimeOnly|compile"
    r"|classpath|kapt|ksp|annotationProcessor)\b[\s(]+(?:libs\.|platform\b|group\b)"
)
_GRADLE_REMEDY: Final = (
    "lock its versions (`dependencyLocking { lockAllConfigurations() }`), run `gradle dependencies --write-locks`, and"
    " commit gradle.lockfile"
)
_DOTNET: Final = Manifest(
    "a .NET project",
    _searches(r"<(?:PackageReference|GlobalPackageReference)\b"),
    "run `dotnet restore --use-lock-file`, and commit packages.lock.json",
    _NUGET,
    r"packages\..+\.(?:lock\.json|config)",
    above=("paket.lock",),
)

BY_NAME: Final = {
    "package.json": Manifest(
        "package.json",
        _package_json,
        "run `npm install --package-lock-only`, and commit package-lock.json",
        _NODE,
        marks=("pnpm-workspace.yaml", "rush.json"),
        workspace=_searches(r'"workspaces"'),
    ),
    "pyproject.toml": Manifest(
        "pyproject.toml",
        _pyproject,
        "run `uv lock`, and commit uv.lock",
        _PYTHON,
        _PYTHON_PATTERN,
        workspace=_uv_workspace,
    ),
    "setup.py": Manifest(
        "setup.py",
        _searches(
            r"\b(?:install_requires|extras_require|tests_require|setup_requires)\b\s*[=:](?!\s*(?:\[\s*\]|\{\s*\}))"
        ),
        "run `uv pip compile setup.py -o requirements.txt`, and commit requirements.txt",
        _PYTHON,
        _PYTHON_PATTERN,
    ),
    "setup.cfg": Manifest(
        "setup.cfg",
        _searches(
            r"^(?:install_requires|tests_require|setup_requires)[ \t]*=[ \t]*(?:[^\s#]|\r?\n[ \t]+[^\s#])"
            r"|^\[options\.extras_require\]"
        ),
        "run `uv pip compile setup.cfg -o requirements.txt`, and commit requirements.txt",
        _PYTHON,
        _PYTHON_PATTERN,
    ),
    "Pipfile": Manifest("Pipfile", _pipfile, "run `pipenv lock`, and commit Pipfile.lock", frozenset({"Pipfile.lock"})),
    "environment.yml": Manifest(
        "a Conda environment",
        _conda,
        f"run `conda-lock -f environment.yml`, and {_SBOM}",
        frozenset({"conda-lock.yml", "pixi.lock"}),
    ),
    "Gemfile": Manifest(
        "Gemfile",
        _searches(r"^[ \t]*(?:gem[ (]|gemspec\b)"),
        "run `bundle lock`, and commit Gemfile.lock",
        frozenset({"Gemfile.lock"}),
    ),
    "gems.rb": Manifest(
        "gems.rb",
        _searches(r"^[ \t]*(?:gem[ (]|gemspec\b)"),
        "run `bundle lock`, and commit gems.locked",
        frozenset({"gems.locked"}),
    ),
    "Cargo.toml": Manifest(
        "Cargo.toml",
        _cargo,
        "run `cargo generate-lockfile`, and commit Cargo.lock",
        frozenset({"Cargo.lock"}),
        above=("Cargo.lock",),
        apart=_searches(r"^[ \t]*\[workspace\]"),
    ),
    "composer.json": Manifest(
        "composer.json",
        _composer,
        "run `composer update --no-install`, and commit composer.lock",
        frozenset({"composer.lock"}),
        workspace=_searches(r'"type"\s*:\s*"path"|"replace"|"merge-plugin"'),
    ),
    "build.gradle": Manifest("build.gradle", _GRADLE, _GRADLE_REMEDY, _GRADLE_LOCKS, above=_VERIFIED),
    "build.gradle.kts": Manifest("build.gradle.kts", _GRADLE, _GRADLE_REMEDY, _GRADLE_LOCKS, above=_VERIFIED),
    "build.sbt": Manifest("build.sbt", _searches(r"\blibraryDependencies\b"), _SBOM, frozenset()),
    "project.clj": Manifest("project.clj", _searches(r":dependencies\b"), _SBOM, frozenset()),
    "ivy.xml": Manifest("ivy.xml", _searches(r"<dependency\b"), _SBOM, frozenset()),
    "mix.exs": Manifest(
        "mix.exs",
        _searches(r"\{\s*:\w+\s*,\s*(?:\"|~s|git:|github:|hex:)"),
        "run `mix deps.get`, and commit mix.lock",
        frozenset({"mix.lock"}),
        above=("mix.lock",),
    ),
    "rebar.config": Manifest(
        "rebar.config",
        _searches(r"\{\s*deps\s*,\s*\[\s*[^\]\s]"),
        "run `rebar3 lock`, and commit rebar.lock",
        frozenset({"rebar.lock"}),
    ),
    "pubspec.yaml": Manifest(
        "pubspec.yaml",
        _pubspec,
        "run `dart pub get`, and commit pubspec.lock",
        frozenset({"pubspec.lock"}),
        workspace=_searches(r"^workspace:"),
    ),
    "Package.swift": Manifest(
        "Package.swift",
        _searches(r"\.package\(\s*(?:name:[^,]{0,200},\s*)?(?:url|id):"),
        "run `swift package resolve`, and commit Package.resolved",
        frozenset({"Package.resolved"}),
    ),
    "Podfile": Manifest(
        "Podfile",
        _searches(r"^[ \t]*pod[ (]"),
        "run `pod install`, and commit Podfile.lock",
        frozenset({"Podfile.lock"}),
    ),
    "Cartfile": Manifest(
        "Cartfile",
        _searches(r"^[ \t]*(?:github|git|binary)\b"),
        "run `carthage update --no-build`, and commit Cartfile.resolved",
        frozenset({"Cartfile.resolved"}),
    ),
    "conanfile.txt": Manifest(
        "conanfile.txt",
        _searches(r"^\[(?:build_)?requires\][ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*[^\s\[#]"),
        "run `conan lock create .`, and commit conan.lock",
        frozenset({"conan.lock"}),
    ),
    "conanfile.py": Manifest(
        "conanfile.py",
        _searches(r"\b(?:build_|tool_)?requires\b"),
        "run `conan lock create .`, and commit conan.lock",
        frozenset({"conan.lock"}),
    ),
    "vcpkg.json": Manifest("vcpkg.json", _vcpkg, _SBOM, frozenset({"vcpkg-lock.json"})),
}
BY_EXTENSION: Final = {
    ".csproj": _DOTNET,
    ".fsproj": _DOTNET,
    ".vbproj": _DOTNET,
    ".gemspec": Manifest(
        "a gemspec",
        _GEM_NEEDED,
        "make a Gemfile that says `gemspec`, run `bundle lock`, and commit Gemfile.lock",
        frozenset({"Gemfile.lock", "gems.locked"}),
        above=("Gemfile.lock", "gems.locked"),
    ),
    ".cabal": Manifest(
        "a Cabal package",
        _searches(r"^[ \t]*build-depends[ \t]*:"),
        "run `cabal freeze`, and commit cabal.project.freeze",
        _HASKELL,
        above=tuple(sorted(_HASKELL)),
    ),
}
