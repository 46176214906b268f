import json

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import bun
from wardline.check.dependencies.model import LockfileError


def _read(packages, workspaces=None):
    document = {"lockfileVersion": 1, "workspaces": workspaces or {"": {}}, "packages": packages}
    return bun.read(alone("bun.lock", json.dumps(document, indent=2)))


def _facts(lockfile):
    return {(package.name, package.version): (package.groups, package.direct) for package in lockfile.packages}


def test_workspaces_are_read_as_bun_lists_them():
    facts = _facts(bun.read(source("bun/valid-workspaces/bun.lock")))
    assert len(facts) == 28
    assert facts["mkdirp", "0.5.1"] == (("dev",), True)
    assert facts["minimist", "0.0.8"] == (("dev",), False)
    assert facts["semver", "5.7.1"] == ((), True)  # behind an alias
    assert facts["fsevents", "2.3.2"] == (("optional",), True)
    assert facts["isarray", "1.0.0"] == ((), True)  # wanted by a local folder
    assert facts["ms", "2.0.0"] == ((), True)  # wanted by a workspace


def test_a_name_is_looked_up_from_the_inside_out():
    lockfile = _read(
        {
            "a": ["a@1.0.0", "", {"dependencies": {"@s/b": "2", "c": "1"}}, "sha512-x"],
            "@s/b": ["@s/b@1.0.0", "", {}, "x"],
            "a/@s/b": ["@s/b@2.0.0", "", {"dependencies": {"c": "1"}}, "x"],
            "c": ["c@1.0.0", "", {"peerDependencies": {"a": "*", "@s/b": "*"}, "optionalPeers": ["@s/b"]}, "x"],
        },
        {"": {"dependencies": {"a": "1"}}},
    )
    assert lockfile.graph().edges == [[2, 3], [], [3], [0]]


def test_references_that_are_local_or_have_no_version():
    lockfile = _read(
        {
            "w": ["w@workspace:packages/w"],
            "f": ["f@file:./f", {}],
            "r": ["r@root:", {}],
            "t": ["t@https://files.example/t-1.2.3.tgz", {}, "x"],
            "g": ["g@github:o/g#0123", {}, "o-g-0123"],
            "odd": 1,
            "empty": [],
            "number": [1],
        }
    )
    assert names(lockfile) == {("npm", "t", "1.2.3")}
    assert sum(part.units for part in lockfile.unread) == 4


def test_comments_and_trailing_commas_are_bun_s():
    text = '// a\n{\n  "lockfileVersion": 1, /* b */\n  "packages": {\n    "a": ["a@1.0.0", "", {}, "x"],\n  },\n}\n'
    lockfile = bun.read(alone("bun.lock", text))
    assert names(lockfile) == {("npm", "a", "1.0.0")}
    assert lockfile.lines() == [5]


def test_the_binary_lockfile_is_recognised_and_not_read():
    lockfile = bun.read(alone("x/bun.lockb", b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n\x00"))
    assert lockfile.packages == []
    assert lockfile.lines() == []
    assert "--save-text-lockfile" in lockfile.unread[0].remedy


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"lockfileVersion": 3}', '{"lockfileVersion": true}', '{"lockfileVersion": 1, "packages": []}'],
)
def test_what_is_no_lockfile_of_a_known_version_is_refused(text):
    with pytest.raises(LockfileError):
        bun.read(alone("bun.lock", text))
