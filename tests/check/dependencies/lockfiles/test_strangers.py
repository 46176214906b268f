"""Hostile files, for the formats outside of Python and Node: broken, cut short, mistyped, deep, huge."""

import json
import random
import re
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.check.dependencies.lockfiles.strangers import FIXTURES, answered, mistyped, names, source

from wardline.check.dependencies.model import LockfileError, Source

# Module, fixture, and whether a file that is cut short must say so: where a format has no end, nobody can tell.
CASES = {
    "go_mod": ("go-mod/valid-indirect/go.mod", False),
    "go_work": ("go-work/valid-workspace/go.work", False),
    "cargo_lock": ("cargo-lock/valid-workspace/Cargo.lock", True),
    "gemfile_lock": ("gemfile-lock/valid-bundler/Gemfile.lock", False),
    "composer_lock": ("composer-lock/valid-project/composer.lock", True),
    "pom_xml": ("pom-xml/valid-reactor/web/pom.xml", True),
    "gradle_lockfile": ("gradle-lockfile/valid-project/gradle.lockfile", True),
    "gradle_verification": ("gradle-verification/valid-project/gradle/verification-metadata.xml", True),
    "nuget_lock": ("nuget-lock/valid-project/packages.lock.json", True),
    "nuget_deps": ("nuget-deps/valid-application/service.deps.json", True),
    "nuget_config": ("nuget-config/valid-project/packages.config", True),
    "cyclonedx": ("cyclonedx/valid-maven/bom.json", True),
    "spdx": ("spdx/valid-npm/service.spdx.json", True),
    "sbom": ("sbom/valid-npm/sbom.json", True),
    "mix_lock": ("mix-lock/valid-project/mix.lock", True),
    "pubspec_lock": ("pubspec-lock/valid-project/pubspec.lock", True),
    "package_resolved": ("package-resolved/valid-v2/Package.resolved", True),
    "renv_lock": ("renv-lock/valid-project/renv.lock", True),
    "conan_lock": ("conan-lock/valid-v2/conan.lock", True),
    "dpkg_status": ("dpkg-status/valid-image/var/lib/dpkg/status", False),
    "apk_installed": ("apk-installed/valid-image/lib/apk/db/installed", False),
    "python_installed": ("python-installed/valid-site/site-packages/requests-2.19.0.dist-info/METADATA", False),
}
JSON = pytest.mark.parametrize(
    "name",
    [
        "composer_lock",
        "nuget_lock",
        "nuget_deps",
        "cyclonedx",
        "spdx",
        "sbom",
        "package_resolved",
        "renv_lock",
        "conan_lock",
    ],
)
NEED_A_NEIGHBOUR = {"dpkg_status", "apk_installed"}  # os-release says which distribution it is
FORMATS = pytest.mark.parametrize("name", CASES)


def _module(name):
    return import_module(f"wardline.check.dependencies.lockfiles.{name}")


def _good(name):
    path, _ = CASES[name]
    lockfile = answered(_module(name), source(path))
    assert lockfile is not None
    assert lockfile.packages
    return path, lockfile, (FIXTURES / path).read_bytes()


@FORMATS
def test_every_fixture_of_a_format_is_read(name):
    module = _module(name)
    folder = FIXTURES / module.ID
    files = [path for path in folder.rglob("*") if any(path.match(pattern) for pattern in module.PATTERNS)]
    assert files
    for path in files:
        assert answered(module, source(path.relative_to(FIXTURES).as_posix())) is not None, path


@FORMATS
def test_byte_order_marks_and_line_ends_change_nothing(name):
    path, good, data = _good(name)
    module = _module(name)
    wide = re.sub('encoding="utf-8"', 'encoding="utf-16"', data.decode(), flags=re.IGNORECASE).encode("utf-16")
    for changed in (b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), wide):
        again = answered(module, source(path, changed))
        assert again is not None
        assert names(again) == names(good)
        if b"\x00" not in changed:
            assert list(again.lines()) == list(good.lines())


@FORMATS
def test_a_file_that_is_cut_short_is_refused_or_says_so(name):
    path, good, data = _good(name)
    module = _module(name)
    _, must_say = CASES[name]
    wanted = names(good)
    step = max(1, len(data) // 150)
    for end in {*range(0, len(data) - 2, step), *range(max(0, len(data) - 60), len(data) - 2)}:
        lockfile = answered(module, source(path, data[:end]))
        if lockfile is not None and must_say and len(lockfile.unread) <= len(good.unread):
            assert names(lockfile) == wanted, f"cut at {end}"


@FORMATS
def test_junk_is_refused_or_says_that_nothing_was_read(name):
    path, _, _ = _good(name)
    module = _module(name)
    rng = random.Random(7)  # noqa: S311 - junk need not be secret
    for junk in (
        b"",
        b"\n\n",
        b"\x00" * 100,
        b"[]",
        b"{}",
        b"null",
        b'"text"',
        b"<a/>",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf",
        rng.randbytes(3_000),
        b"PK\x03\x04" + rng.randbytes(300),
    ):
        lockfile = answered(module, source(path, junk))
        assert lockfile is None or not lockfile.packages


@FORMATS
def test_deep_nesting_is_refused_and_no_stack_overflows(name):
    path, _, _ = _good(name)
    module = _module(name)
    for deep in (
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"<a>" * 100_000,
        b"a = " + b"[" * 100_000 + b"]" * 100_000,
        b"require (\n" * 50_000,
        b" " * 1_000_000,
        b'"' * 1_000_001,
        b"a" * 1_000_000,
        b"(" * 200_000,
        b"<text>" * 100_000,
    ):
        lockfile = answered(module, source(path, deep))
        assert lockfile is None or not lockfile.packages


@pytest.mark.parametrize(
    "name", [name for name, (path, _) in CASES.items() if path.endswith(("json", "composer.lock"))]
)
def test_a_part_of_another_type_is_refused_or_counted(name):
    path, good, data = _good(name)
    module = _module(name)
    for where, variant in mistyped(json.loads(data)):
        lockfile = answered(module, source(path, json.dumps(variant).encode()))
        if lockfile is None:
            continue
        lost = names(good) - names(lockfile)
        assert not lost or len(lockfile.unread) > len(good.unread), f"{where}: {lost} are lost, and nothing says so"


@pytest.mark.parametrize(
    "name", [name for name, (path, _) in CASES.items() if path.endswith(("json", "composer.lock"))]
)
def test_a_key_that_stands_twice_is_refused(name):
    path, _, data = _good(name)
    first = json.dumps(next(iter(json.loads(data)))).encode()
    doubled = data.replace(first, first + b": 1, " + first, 1)
    assert answered(_module(name), source(path, doubled)) is None


@pytest.mark.parametrize("name", [name for name, (path, _) in CASES.items() if path.endswith(("xml", "config"))])
def test_entities_and_document_types_are_refused(name):
    path, _, data = _good(name)
    bomb = b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]>'
    outside = b'<!DOCTYPE a SYSTEM "file:///etc/passwd">'
    for declaration in (bomb, outside):
        head, _, tail = data.partition(b"?>")
        assert answered(_module(name), source(path, head + b"?>" + declaration + tail)) is None


@FORMATS
@settings(max_examples=40, deadline=None)
@given(edits=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 12)), min_size=1, max_size=4))
def test_edited_files_never_end_in_a_traceback(name, edits):
    path, _ = CASES[name]
    data = (FIXTURES / path).read_bytes()
    for where, inserted, removed in edits:
        at = int(where * len(data))
        data = data[:at] + inserted + data[at + removed :]
    answered(_module(name), source(path, data))


@FORMATS
def test_neighbours_that_cannot_be_read_end_nothing(name):
    path, good, data = _good(name)

    def refuse(relative):
        raise LockfileError(f"{relative} leaves the tree")

    lockfile = answered(_module(name), Source(path, data, refuse))
    assert (lockfile is None) == (name in NEED_A_NEIGHBOUR)
    if lockfile is None:
        return
    lost = names(good) - names(lockfile)
    assert not lost or len(lockfile.unread) > len(good.unread)
    for junk in (b"", b"\x00\xff", b"{}", b"[" * 1_000, b"<project/>"):
        assert answered(_module(name), Source(path, data, lambda _, junk=junk: junk)) is not None
