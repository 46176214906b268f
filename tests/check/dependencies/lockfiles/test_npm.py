import json
from random import Random

import pytest
from benchmarks.synthetic import package_lock
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import npm
from wardline.check.dependencies.model import LockfileError, Source, reverse, shortest_paths

PRODUCTION = {
    "@sindresorhus/is", "debug", "ms", "isarray", "js-tokens", "lodash", "loose-envify", "lru-cache", "react", "semver",
    "use-sync-external-store", "yallist",
}  # fmt: skip


def _read(packages, name="package-lock.json", version=3, **near):
    return npm.read(alone(name, json.dumps({"lockfileVersion": version, "packages": packages}, indent=2), **near))


def _nested(dependencies, **near):
    text = json.dumps({"lockfileVersion": 1, "requires": True, "dependencies": dependencies}, indent=2)
    return npm.read(alone("package-lock.json", text, **near))


@pytest.mark.parametrize("case", ["valid-v2/package-lock.json", "valid-v3/package-lock.json"])
def test_a_workspace_is_read_as_npm_lists_it(case):
    lockfile = npm.read(source(f"npm/{case}"))
    assert len(lockfile.packages) == 28
    assert {package.name for package in lockfile.packages if not package.groups} - {
        "js-tokens",
        "lru-cache",
    } <= PRODUCTION
    assert {package.name for package in lockfile.packages if package.groups == ("optional",)} == {"fsevents"}
    assert ("npm", "semver", "5.7.1") in names(lockfile)  # behind the alias old-semver
    assert not any("orders" in name or "local" in name for _, name, _ in names(lockfile))
    direct = {(package.name, package.version) for package in lockfile.packages if package.direct}
    assert {("lodash", "4.17.20"), ("minimist", "1.2.5"), ("ms", "2.0.0"), ("isarray", "1.0.0")} <= direct
    assert ("minimist", "0.0.8") not in direct


def test_the_hidden_lockfile_is_read_with_the_package_json_above_it():
    lockfile = npm.read(source("npm/valid-hidden/node_modules/.package-lock.json"))
    assert len(lockfile.packages) == 27  # without fsevents, which this machine did not install
    assert {package.direct for package in lockfile.packages} == {True, False}
    graph = lockfile.graph()
    assert all(chain is not None for chain in shortest_paths(graph))


def test_version_1_is_read_with_the_package_json_beside_it():
    lockfile = npm.read(source("npm/valid-v1/package-lock.json"))
    assert len(lockfile.packages) == 25
    assert {package.name for package in lockfile.packages if package.direct} >= {
        "debug",
        "semver",
        "mkdirp",
        "rimraf",
        "isarray",
    }
    assert {package.name for package in lockfile.packages if package.groups == ("dev",)} >= {"mkdirp", "rimraf"}


@pytest.mark.parametrize(
    ("flags", "groups"),
    [
        ({}, ()),
        ({"dev": True}, ("dev",)),
        ({"optional": True}, ("optional",)),
        ({"dev": True, "optional": True}, ("dev",)),
        ({"devOptional": True}, ("dev", "optional")),
        ({"peer": True}, ()),
        ({"dev": 1}, ()),
    ],
)
def test_flags_are_groups(flags, groups):
    assert _read({"node_modules/a": {"version": "1.0.0", **flags}}).packages[0].groups == groups


def test_one_version_at_two_places_is_one_package_and_production_wins():
    lockfile = _read(
        {
            "": {"dependencies": {"b": "1"}},
            "node_modules/a": {"version": "1.0.0", "dev": True},
            "node_modules/b": {"version": "2.0.0", "dependencies": {"a": "1"}},
            "node_modules/b/node_modules/a": {"version": "1.0.0"},
        }
    )
    assert [(package.name, package.groups, package.direct) for package in lockfile.packages] == [
        ("a", (), False),
        ("b", (), True),
    ]
    assert lockfile.graph().edges == [[], [0]]


def test_a_name_is_looked_up_as_node_does():
    lockfile = _read(
        {
            "": {"dependencies": {"a": "1"}},
            "packages/w": {"name": "w", "dependencies": {"b": "2"}},
            "node_modules/w": {"resolved": "packages/w", "link": True},
            "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "1", "w": "*", "gone": "1"}},
            "node_modules/b": {"version": "1.0.0"},
            "packages/w/node_modules/b": {"version": "2.0.0"},
        }
    )
    by_version = {(package.name, package.version): number for number, package in enumerate(lockfile.packages)}
    graph = lockfile.graph()
    assert graph.edges[by_version["a", "1.0.0"]] == [by_version["b", "1.0.0"]]
    assert set(graph.roots) == {by_version["a", "1.0.0"], by_version["b", "2.0.0"]}


def test_a_peer_is_an_edge_and_an_optional_one_only_if_nothing_else_brings_it():
    lockfile = _read(
        {
            "": {"dependencies": {"a": "1", "b": "1"}},
            "node_modules/a": {
                "version": "1.0.0",
                "peerDependencies": {"b": "1", "c": "1", "d": "1"},
                "peerDependenciesMeta": {"b": {"optional": True}, "d": {"optional": True}},
            },
            "node_modules/b": {"version": "1.0.0"},
            "node_modules/c": {"version": "1.0.0"},
            "node_modules/d": {"version": "1.0.0"},
        }
    )
    assert lockfile.graph().edges[0] == [2, 3]


def test_local_folders_are_left_out_and_archives_are_not():
    lockfile = _read(
        {
            "node_modules/folder": {"version": "1.0.0", "resolved": "file:../folder"},
            "node_modules/archive": {"version": "1.0.0", "resolved": "file:archive-1.0.0.tgz"},
            "node_modules/git": {"version": "1.0.0", "resolved": "git+ssh://git@git.example/x.git#0123"},
        }
    )
    assert {name for _, name, _ in names(lockfile)} == {"archive", "git"}


def test_what_cannot_be_read_is_said_so():
    lockfile = _read(
        {"node_modules/a": 1, "node_modules/b": {}, "node_modules/c": {"version": 1}, "node_modules/": {"version": "1"}}
    )
    assert lockfile.packages == []
    assert sum(part.units for part in lockfile.unread) == 4


def test_versions_of_the_first_generation_may_be_places():
    lockfile = _nested(
        {
            "a": {"version": "npm:real@1.2.3"},
            "b": {"version": "https://files.example/b/-/b-2.0.0-rc.1.tgz"},
            "c": {"version": "git+https://git.example/c.git#0123"},
            "d": {"version": "file:../d"},
            "e": {"version": "1.0.0", "dependencies": {"f": {"version": "3.0.0", "dev": True}, "g": 1}},
        }
    )
    assert names(lockfile) == {
        ("npm", "real", "1.2.3"),
        ("npm", "b", "2.0.0-rc.1"),
        ("npm", "e", "1.0.0"),
        ("npm", "f", "3.0.0"),
    }
    assert {part.reason for part in lockfile.unread} == {"c: has no exact version in the lockfile", "g: is no object"}


def test_without_a_package_json_only_what_nobody_needs_is_known_to_be_direct():
    lockfile = _nested({"a": {"version": "1.0.0", "requires": {"b": "1"}}, "b": {"version": "1.0.0"}})
    assert [package.direct for package in lockfile.packages] == [True, None]
    hidden = _read({"node_modules/a": {"version": "1.0.0"}}, name="node_modules/.package-lock.json")
    assert hidden.packages[0].direct is None


def test_the_oldest_files_do_not_say_who_needs_whom():
    assert _nested({"a": {"version": "1.0.0"}, "b": {"version": "1.0.0"}}).graph() is None


def test_lines_are_those_of_keys_or_of_an_aliass_real_name():
    lockfile = _read({"node_modules/a": {"version": "1.0.0", "name": "real"}, "node_modules/b": {"version": "1.0.0"}})
    assert lockfile.lines() == [6, 8]
    minified = (
        '{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"},\n'
        '"node_modules/\\u0062":{"version":"1.0.0"}}}'
    )
    assert npm.read(alone("package-lock.json", minified)).lines() == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", "1", '{"lockfileVersion": 4}', '{"lockfileVersion": true}', '{"lockfileVersion": 3}',
        '{"lockfileVersion": 2, "packages": []}', '{"lockfileVersion": 1, "dependencies": []}',
        '{"lockfileVersion": 3, "packages": {"": {}, "": {}}}',
    ],
)  # fmt: skip
def test_what_is_no_lockfile_of_a_known_version_is_refused(text):
    with pytest.raises(LockfileError):
        npm.read(alone("package-lock.json", text))


def test_folders_within_folders_without_end_come_to_an_end():
    deep = "node_modules/" + "/".join(["d"] * 20_000)
    entry = {"version": "1.0.0", "dependencies": {f"n{number}": "1" for number in range(500)}}
    lockfile = _read({deep: {**entry, "name": "d"}})
    assert lockfile.graph().edges == [[]]


def test_a_large_lockfile_is_read_whole():
    lockfile = npm.read(alone("package-lock.json", package_lock(500, 3, known=[("zz-known", "1.2.3")])))
    assert 490 < len(lockfile.packages) <= 500  # one version may stand at two places
    assert ("npm", "zz-known", "1.2.3") in names(lockfile)
    assert not lockfile.unread


def _varied(seed):
    """Return a lockfile with several versions of a name, aliases, folders within folders, peers, workspaces."""
    random = Random(seed)  # noqa: S311 - a made-up lockfile is no secret
    names = [f"n{number}" for number in range(random.randint(2, 12))] + ["@scope/a"]
    folders = [f"node_modules/{name}" for name in names if random.random() < 0.85] or ["node_modules/n0"]
    for _ in range(random.randint(0, 12)):
        folders.append(f"{random.choice(folders)}/node_modules/{random.choice(names)}")
    folders += [f"packages/a/node_modules/{random.choice(names)}"] if random.random() < 0.3 else []

    def some(most):
        return dict.fromkeys(random.sample(names, random.randint(0, min(most, len(names)))), "^1")

    packages = {"": {"dependencies": some(3), "devDependencies": some(2)}}
    for folder in folders:
        packages[folder] = {"version": f"{random.randint(1, 3)}.0.0", "integrity": "sha512-x", "dependencies": some(4)}
        if random.random() < 0.1:
            packages[folder]["name"] = random.choice(names)
        if random.random() < 0.3:
            packages[folder]["optionalDependencies"] = some(2)
            packages[folder]["peerDependencies"] = peers = some(3)
            packages[folder]["peerDependenciesMeta"] = {peer: {"optional": random.random() < 0.5} for peer in peers}
    return json.dumps({"lockfileVersion": 3, "packages": packages}).encode()


@pytest.mark.parametrize("seed", range(80))
def test_seen_from_below_the_graph_is_the_same(seed):
    lockfile = npm.read(Source("package-lock.json", _varied(seed), lambda _: None))
    from_below, from_above = lockfile.upward(), reverse(lockfile.graph().edges)
    for number, needed_by in enumerate(from_above):
        assert set(from_below.needed_by(number)) == set(needed_by), lockfile.packages[number]
