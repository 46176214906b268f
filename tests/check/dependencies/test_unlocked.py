import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies.manifests import BY_NAME
from wardline.check.dependencies.unlocked import LOCK_ENDS, MAX_MANIFEST_BYTES, NAMED_AS_LOCK, unlocked

NODE = '{"dependencies": {"a": "1"}}'
RUST = '[dependencies]\na = "1"\n'
PYTHON = '[project]\nname = "a"\ndependencies = ["b"]\n'
GRADLE = "implementation 'a:b:1'"


def _gaps(files, **more):
    tree = {**files, **more}

    def read(path):
        text = tree[path]
        return text.encode() if isinstance(text, str) else text

    return [path for path, _, _ in unlocked(tree, read)]


def test_a_manifest_without_a_lockfile_is_a_gap_with_the_command_that_makes_one():
    ((path, reason, remedy),) = unlocked(["web/package.json"], lambda _: NODE.encode())
    assert path == "web/package.json"
    assert "no lockfile" in reason
    assert "`npm install --package-lock-only`" in remedy


def test_a_manifest_that_asks_for_nothing_is_none():
    assert (
        _gaps(
            {
                "package.json": "{}",
                "Cargo.toml": '[package]\nname = "a"\n',
                "composer.json": '{"require": {"php": "8"}}',
            }
        )
        == []
    )


def test_a_manifest_that_cannot_be_read_is_a_gap():
    assert _gaps({"package.json": "{", "a/package.json": None, "b/package.json": " " * (MAX_MANIFEST_BYTES + 1)}) == [
        "a/package.json",
        "b/package.json",
        "package.json",
    ]


@pytest.mark.parametrize(
    ("manifest", "text", "lock"),
    [
        ("package.json", NODE, "yarn.lock"),
        ("package.json", NODE, "pnpm-lock.yaml"),
        ("package.json", NODE, "bun.lockb"),
        ("pyproject.toml", PYTHON, "uv.lock"),
        ("pyproject.toml", PYTHON, "pylock.dev.toml"),
        ("pyproject.toml", PYTHON, "requirements-dev.txt"),
        ("pyproject.toml", PYTHON, "dev-requirements.txt"),
        ("pyproject.toml", PYTHON, "requirements/base.txt"),
        ("setup.py", "install_requires=['a']", "requirements.txt"),
        ("Cargo.toml", RUST, "Cargo.lock"),
        ("Gemfile", "gem 'a'", "Gemfile.lock"),
        ("a.gemspec", "add_dependency", "Gemfile.lock"),
        ("App.csproj", "<PackageReference", "packages.lock.json"),
        ("App.csproj", "<PackageReference", "packages.App.lock.json"),
        ("build.gradle", GRADLE, "gradle.lockfile"),
        ("build.gradle.kts", GRADLE, "gradle/verification-metadata.xml"),
        ("build.gradle", GRADLE, "gradle/dependency-locks/runtimeClasspath.lockfile"),
        ("build.gradle", GRADLE, "bom.json"),
        ("build.sbt", "libraryDependencies", "service.cdx.json"),
        ("mix.exs", '{:a, "1"}', "mix.lock"),
    ],
)
@pytest.mark.parametrize("folder", ["", "a/b/"])
def test_a_lockfile_or_an_sbom_beside_it_covers_it(manifest, text, lock, folder):
    assert _gaps({folder + manifest: text}) == [folder + manifest]
    assert _gaps({folder + manifest: text, folder + lock: "x"}) == []


@pytest.mark.parametrize(
    ("manifest", "text", "other"), [("package.json", NODE, "Cargo.lock"), ("Gemfile", "gem 'a'", "uv.lock")]
)
def test_a_lockfile_of_another_ecosystem_does_not(manifest, text, other):
    assert _gaps({manifest: text, other: ""}) == [manifest]


@pytest.mark.parametrize(
    ("root", "member"),
    [
        (
            {"package.json": '{"workspaces": ["packages/*"]}', "package-lock.json": ""},
            {"packages/a/package.json": NODE},
        ),
        ({"package.json": "{}", "pnpm-workspace.yaml": "", "pnpm-lock.yaml": ""}, {"packages/a/package.json": NODE}),
        ({"pyproject.toml": "[tool.uv.workspace]\nmembers = ['*']\n", "uv.lock": ""}, {"lib/pyproject.toml": PYTHON}),
        ({"Cargo.toml": "[workspace]\n", "Cargo.lock": ""}, {"crates/a/Cargo.toml": RUST}),
        ({"mix.exs": "", "mix.lock": ""}, {"apps/a/mix.exs": '{:a, "1"}'}),
        ({"gradle/verification-metadata.xml": ""}, {"core/build.gradle": GRADLE}),
        ({"paket.lock": ""}, {"src/a.csproj": "<PackageReference"}),
        (
            {"composer.json": '{"repositories": [{"type": "path"}]}', "composer.lock": ""},
            {"lib/composer.json": '{"require": {"a/b": "1"}}'},
        ),
    ],
)
def test_a_workspaces_lockfile_covers_its_members(root, member):
    assert _gaps(root, **member) == []


@pytest.mark.parametrize(
    ("root", "apart"),
    [
        ({"package.json": NODE, "package-lock.json": ""}, {"site/package.json": NODE}),
        ({"pyproject.toml": PYTHON, "uv.lock": ""}, {"tools/pyproject.toml": PYTHON}),
        ({"Cargo.toml": "[workspace]\n", "Cargo.lock": ""}, {"fuzz/Cargo.toml": "[workspace]\n" + RUST}),
        ({"Gemfile": "gem 'a'", "Gemfile.lock": ""}, {"docs/Gemfile": "gem 'a'"}),
        ({"a.csproj": "<PackageReference", "packages.lock.json": ""}, {"src/b.csproj": "<PackageReference"}),
        ({"gradle.lockfile": "", "build.gradle": GRADLE}, {"core/build.gradle": GRADLE}),
    ],
)
def test_a_lockfile_above_that_is_no_workspaces_does_not_cover_what_is_below(root, apart):
    assert _gaps(root, **apart) == list(apart)


def test_what_is_installed_is_one_gap_where_no_lockfile_speaks_for_it():
    installed = {f"web/node_modules/{name}/package.json": NODE for name in "abc"}
    nested = {"web/node_modules/a/node_modules/d/package.json": NODE}
    assert _gaps(installed, **nested) == ["web/node_modules"]
    assert _gaps(installed, **{"web/package.json": NODE, "web/package-lock.json": ""}) == []
    assert _gaps(installed, **{"web/package.json": NODE}) == ["web/package.json"]


def test_a_vendor_folder_is_installed_only_where_something_shows_it():
    php = {"vendor/a/b/composer.json": '{"require": {"c/d": "*"}}', "vendor/a/b/package.json": NODE}
    assert _gaps(php) == ["vendor/a/b/composer.json", "vendor/a/b/package.json"]
    shown = {**php, "vendor/composer/installed.json": "[]"}
    assert _gaps(shown) == ["vendor"]
    assert _gaps(shown, **{"composer.json": "{}", "composer.lock": ""}) == []
    assert _gaps({"vendor/github.com/a/b/package.json": NODE, "vendor/modules.txt": "", "go.mod": ""}) == []


def test_manifests_inside_of_installed_python_packages_are_theirs():
    assert _gaps({".venv/lib/python3.11/site-packages/jupyter/static/package.json": NODE}) == []


def test_a_manifest_that_is_covered_is_not_read():
    def read(path):
        raise AssertionError(path)

    assert unlocked(["package.json", "package-lock.json", "README.md"], read) == []


def test_odd_paths_are_only_paths():
    assert _gaps({"": "", "/": "", "a\n/package.json": NODE, "é\udcff/Gemfile": "gem 'a'", "node_modules": ""}) == [
        "a\n/package.json",
        "é\udcff/Gemfile",
    ]


NAMES = sorted(
    [*BY_NAME, "a.csproj", "x.gemspec", "package-lock.json", "Cargo.lock", "uv.lock", "bom.json", "Gemfile.lock"]
)
PATHS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["a", "node_modules", "vendor", "deps", "gradle", "requirements"]), max_size=3),
        st.sampled_from(NAMES),
    ).map(lambda row: "/".join([*row[0], row[1]])),
    unique=True,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(paths=PATHS, data=st.sampled_from([None, b"", b"{", NODE.encode(), RUST.encode(), b"\xff", b"gem 'a'"]))
def test_any_tree_is_answered_with_gaps_of_its_own_paths(paths, data):
    found = unlocked(paths, lambda _: data)
    assert found == unlocked(list(reversed(paths)), lambda _: data)
    for path, reason, remedy in found:
        assert reason
        assert remedy
        assert any(known == path or known.startswith(f"{path}/") for known in paths)


def test_it_is_linear_in_the_number_of_paths():
    deep = "/".join(["d"] * 1_000)
    many = [f"packages/p{n}/package.json" for n in range(20_000)] + [f"src/f{n}.py" for n in range(60_000)]
    paths = [*many, "package.json", "package-lock.json", *(f"{deep}/{n}/Cargo.toml" for n in range(500))]
    start = time.process_time()
    found = unlocked(paths, lambda path: b'{"workspaces": ["packages/*"]}' if path == "package.json" else RUST.encode())
    assert len(found) == 500
    assert time.process_time() - start < 6


@settings(max_examples=200, deadline=None)
@given(st.from_regex(NAMED_AS_LOCK, fullmatch=True))
def test_a_name_that_locks_ends_as_is_looked_at_first(name):
    assert name.endswith(LOCK_ENDS)
