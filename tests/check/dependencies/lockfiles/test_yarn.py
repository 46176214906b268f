import json

import pytest
from tests.check.dependencies.lockfiles.strangers import alone, names, source

from wardline.check.dependencies.lockfiles import yarn
from wardline.check.dependencies.model import LockfileError

HEAD = "# yarn lockfile v1\n\n\n"
BERRY = "__metadata:\n  version: 8\n\n"


def _read(text, **near):
    return yarn.read(alone("yarn.lock", text, **near))


def _facts(lockfile):
    return {package.name: (package.version, package.groups, package.direct) for package in lockfile.packages}


def test_the_first_generation_is_read_as_yarn_lists_it():
    lockfile = yarn.read(source("yarn/valid-yarn1/yarn.lock"))
    assert len(lockfile.packages) == 28
    assert ("npm", "semver", "5.7.1") in names(lockfile)
    # workspaces are a pattern there: what they ask for is not known, so neither is what is not direct
    assert {package.direct for package in lockfile.packages} == {True, None}
    assert {package.groups for package in lockfile.packages} == {()}


@pytest.mark.parametrize("case", ["valid-berry3", "valid-berry4"])
def test_later_generations_are_read_as_yarn_lists_them(case):
    lockfile = yarn.read(source(f"yarn/{case}/yarn.lock"))
    facts = _facts(lockfile)
    assert len(lockfile.packages) == 47
    assert facts["mkdirp"] == ("0.5.1", ("dev",), True)
    assert facts["fsevents"] == ("2.3.2", ("optional",), True)
    assert facts["lodash"] == ("4.17.20", (), True)
    assert facts["brace-expansion"][1:] == (("dev",), False)
    assert {version for _, name, version in names(lockfile) if name == "ms"} == {"2.0.0", "2.1.3"}


def test_with_a_package_json_that_says_all_the_first_generation_has_groups():
    text = (
        HEAD + 'a@^1.0.0, a@^1.1.0:\n  version "1.2.0"\n  resolved "x"\n  dependencies:\n    "@s/b" "^1"\n\n'
        '"@s/b@^1":\n  version "1.0.0"\n\nc@1:\n  version "1.0.0"\n  dependencies:\n    "@s/b" ^1\n'
    )
    package = json.dumps({"dependencies": {"c": "1"}, "devDependencies": {"a": "^1.1.0"}})
    assert _facts(_read(text, package_dot_json=package)) == {
        "a": ("1.2.0", ("dev",), True),
        "@s/b": ("1.0.0", (), False),
        "c": ("1.0.0", (), True),
    }


def test_workspaces_that_are_named_are_read():
    text = HEAD + 'a@1:\n  version "1.0.0"\n\nb@2:\n  version "2.0.0"\n'
    facts = _facts(
        _read(
            text,
            package_dot_json='{"workspaces": ["one"], "dependencies": {"a": "1"}}',
            one__package_dot_json='{"devDependencies": {"b": "2"}}',
        )
    )
    assert facts == {"a": ("1.0.0", (), True), "b": ("2.0.0", ("dev",), True)}


def test_a_range_that_resolutions_replaced_means_all_of_that_name():
    text = HEAD + 'a@1:\n  version "1.0.0"\n  dependencies:\n    b "^1"\n\nb@9, b@8:\n  version "9.0.0"\n'
    assert _read(text).graph().edges == [[1], []]


def test_what_is_needed_and_not_there_is_said_so():
    for text in (
        HEAD + 'a@1:\n  version "1.0.0"\n  dependencies:\n    gone "^1"\n',
        BERRY
        + '"a@npm:1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  dependencies:\n    gone: 1\n  linkType: hard\n',
    ):
        assert [part.reason for part in _read(text).unread] == ["gone: is needed and not in the file"]


def test_local_references_are_left_out():
    text = (
        HEAD + '"a@file:./a":\n  version "1.0.0"\n  dependencies:\n    b "1"\n\nb@1:\n  version "1.0.0"\n\n'
        '"c@link:../c":\n  version "0.0.0"\n  uid ""\n\n"d@file:./d-1.0.0.tgz":\n  version "1.0.0"\n\n'
        '"e@git+https://git.example/e.git":\n  version "1.0.0"\n'
    )
    lockfile = _read(text, package_dot_json='{"dependencies": {"a": "file:./a"}}')
    assert {name for _, name, _ in names(lockfile)} == {"b", "d", "e"}
    assert _facts(lockfile)["b"][2] is True


def test_later_generations_know_patches_aliases_and_local_folders():
    entries = {
        "alias@npm:real@^1.0.0": ("1.0.0", "real@npm:1.0.0", "hard"),
        "ts@patch:typescript@npm%3A^5#optional!builtin<compat/typescript>": (
            "5.0.0",
            "ts@patch:typescript@npm%3A5.0.0#optional!builtin<compat/typescript>::version=5.0.0&hash=0",
            "hard",
        ),
        "own@patch:own@workspace%3Aown#x": ("0.0.0", "own@patch:own@workspace%3Aown#x", "hard"),
        "port@portal:../p::locator=x": ("0.0.0-use.local", "port@portal:../p::locator=x", "soft"),
        "folder@file:./f::locator=x": ("1.0.0", "folder@file:./f#./f::hash=0&locator=x", "hard"),
        "archive@file:./f.tgz::locator=x": ("1.0.0", "archive@file:./f.tgz#./f.tgz::hash=0&locator=x", "hard"),
        "git@https://git.example/g.git": ("2.0.0", "git@https://git.example/g.git#commit=0123", "hard"),
    }  # fmt: skip
    text = BERRY + "".join(
        f'"{key}":\n  version: {version}\n  resolution: "{resolution}"\n  linkType: {link}\n\n'
        for key, (version, resolution, link) in entries.items()
    )
    assert names(_read(text)) == {
        ("npm", "real", "1.0.0"), ("npm", "typescript", "5.0.0"), ("npm", "archive", "1.0.0"), ("npm", "git", "2.0.0"),
    }  # fmt: skip


def test_a_workspace_without_a_manifest_counts_as_production():
    text = (
        BERRY + '"root@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "root@workspace:."\n'
        '  dependencies:\n    a: "npm:^1"\n  linkType: soft\n\n'
        '"a@npm:^1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  linkType: hard\n'
    )
    assert _facts(_read(text)) == {"a": ("1.0.0", (), True)}
    manifest = '{"devDependencies": {"a": "^1"}}'
    assert _facts(_read(text, package_dot_json=manifest)) == {"a": ("1.0.0", ("dev",), True)}


def test_lines_are_those_of_the_keys():
    assert _read(HEAD + '\na@1:\n  version "1"\n').lines() == [5]
    assert _read(BERRY + '"a@npm:1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n').lines() == [4]


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\n", HEAD + "  version 1\n", HEAD + "a@1\n", HEAD + "a@1:\n\tversion 1\n", HEAD + '"a@1:\n', "{}",
        "__metadata:\n  version: 99\n", "__metadata: 1\n", ("__metadata:\n"
        "  version: 8\n- a\n"), "__metadata:\n  version: x\n",
    ],
)  # fmt: skip
def test_what_yarn_does_not_write_is_refused(text):
    with pytest.raises(LockfileError):
        _read(text)


def test_entries_without_a_version_are_unread():
    assert [part.units for part in _read(HEAD + "a@1:\n  resolved x\n").unread] == [1]
    assert [part.units for part in _read(BERRY + "a: 1\nb@npm:1:\n  version: {}\n").unread] == [2]
