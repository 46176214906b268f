"""What every lockfile format promises, held against its valid fixtures and against what strangers make of them.

A format's fixtures are `fixtures/<ID>/valid*`: a lockfile, or a folder with a lockfile and its neighbours.
"""

import re
import tempfile
from pathlib import Path

import pytest
from benchmarks.synthetic import package_lock
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.dependencies import formats
from wardline.check.dependencies.lockfiles import npm
from wardline.check.dependencies.model import Lockfile, LockfileError, Source, reverse, shortest_paths, upward
from wardline.check.dependencies.reading import decoded

FIXTURES = Path(__file__).parent / "fixtures"
FORMATS = {known.id: known for known in formats.load().all}


def _samples():
    found = []
    for known in FORMATS.values():
        for place in sorted(FIXTURES.glob(f"{known.id}/valid*")):
            files = sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]
            root = place if place.is_dir() else place.parent
            for path in files:
                name = path.relative_to(root).as_posix()
                owner = formats.load().of(name)
                if owner is not None and owner.id == known.id:
                    found.append(pytest.param(known.id, path, name, id=path.relative_to(FIXTURES).as_posix()))
    return found


SAMPLES = _samples()
EVERY = [sample.values for sample in SAMPLES]


def _near(path):
    def near(relative):
        if "\0" in relative:
            return None
        beside = (path.parent / relative).resolve()
        return beside.read_bytes() if beside.is_relative_to(FIXTURES) and beside.is_file() else None

    return near


def _read(identity, path, name, data=None):
    content = path.read_bytes() if data is None else data
    lockfile = FORMATS[identity].plugin.load().read(Source(name, content, _near(path)))
    assert isinstance(lockfile, Lockfile)
    return lockfile


def _survives(identity, path, name, data):
    """Read a damaged file: a lockfile error or a whole answer, and nothing else."""
    problem = None
    try:
        _is_whole(_read(identity, path, name, data))
    except LockfileError as error:
        problem = error
    if problem is not None:
        assert problem.detail
        assert problem.line is None or problem.line >= 1


def _is_whole(lockfile):
    packages = lockfile.packages
    keys = [package[:3] for package in packages]
    assert len(set(keys)) == len(keys)
    for package in packages:
        assert all(isinstance(part, str) and part for part in package[:3])
        assert isinstance(package.groups, tuple)
        assert list(package.groups) == sorted(set(package.groups))
        assert package.direct in {True, False, None}
        assert package.date is None or isinstance(package.date, str)
    lines = list(lockfile.lines())
    assert len(lines) == len(packages)
    assert all(isinstance(line, int) and line >= 1 for line in lines)
    for part in lockfile.unread:
        assert part.reason
        assert part.units >= 1
        assert part.line is None or part.line >= 1
    graph = lockfile.graph()
    if graph is not None:
        assert len(graph.edges) == len(packages)
        assert all(0 <= need < len(packages) for needs in graph.edges for need in needs)
        assert all(0 <= root < len(packages) for root in graph.roots)
        assert len(set(graph.roots)) == len(graph.roots)


@pytest.mark.parametrize("identity", FORMATS)
def test_every_format_is_documented_and_declares_itself(identity):
    plugin = FORMATS[identity].plugin
    assert len(plugin.doc.splitlines()) >= 3
    assert re.search("^Sources?: |^See ", plugin.doc, re.MULTILINE)
    assert {"ID", "TITLE", "PATTERNS", "ECOSYSTEMS"} <= plugin.declared.keys()
    assert all(plugin.declared[key] for key in ("ID", "TITLE", "PATTERNS"))
    for key in ("UPGRADE", "UPGRADE_DIRECT"):
        assert "{name}" in plugin.declared.get(key, "{name}")
        assert not set(re.findall(r"\{(\w*)\}", plugin.declared.get(key, ""))) - {"name", "version"}


@pytest.mark.parametrize(("identity", "path", "name"), SAMPLES)
def test_a_valid_file_is_read_whole_and_its_lines_name_the_packages(identity, path, name):
    lockfile = _read(identity, path, name)
    _is_whole(lockfile)
    ecosystems = FORMATS[identity].plugin.declared["ECOSYSTEMS"]
    content = decoded(path.read_bytes()).lower()
    text = content.split("\n")
    for package, line in zip(lockfile.packages, lockfile.lines(), strict=True):
        assert package.ecosystem.partition(":")[0] in ecosystems or not ecosystems  # an SBOM may have any
        assert line <= len(text)
        name = re.split("[:/]", package.name.lower())[-1]
        assert name in "\n".join(text[line - 1 : line + 9]) or name not in content  # "stdlib" is nowhere in a go.mod


@pytest.mark.parametrize(("identity", "path", "name"), SAMPLES)
def test_paths_start_at_a_direct_package_and_lead_to_every_package(identity, path, name):
    lockfile = _read(identity, path, name)
    graph = lockfile.graph()
    if graph is None:
        return
    direct = {number for number, package in enumerate(lockfile.packages) if package.direct}
    assert set(graph.roots) <= direct
    for number, chain in enumerate(shortest_paths(graph)):
        if chain is not None:
            assert chain[0] in direct
            assert chain[-1] == number
        else:
            assert lockfile.packages[number].direct is not True


@pytest.mark.parametrize(("identity", "path", "name"), SAMPLES)
def test_the_same_file_says_the_same_with_a_byte_order_mark_and_other_line_ends(identity, path, name):
    data = path.read_bytes()
    expected = _read(identity, path, name)
    variants = [data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data]
    variants += [] if data.startswith(b"<?xml") else [decoded(data).encode("utf-16")]
    for variant in variants:
        lockfile = _read(identity, path, name, variant)
        assert lockfile.packages == expected.packages
        assert list(lockfile.lines()) == list(expected.lines())


@pytest.mark.parametrize(("identity", "path", "name"), SAMPLES)
def test_a_file_cut_short_or_filled_with_noise_is_no_traceback(identity, path, name):
    data = path.read_bytes()
    step = max(1, len(data) // 40)
    for end in range(0, len(data), step):
        _survives(identity, path, name, data[:end])
        _survives(identity, path, name, data[:end] + b"\x00" + data[end:])
    for noise in (
        b"",
        b"\x00",
        b"\xff\xfe",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"{" * 100_000,
        b"<" * 1_000,
        b"a: " * 1_000,
    ):
        _survives(identity, path, name, noise)


@pytest.mark.parametrize(("identity", "path", "name"), SAMPLES)
def test_any_value_may_be_of_another_type(identity, path, name):
    """Each token that looks like a value is replaced by each kind of another one, in the bytes of the file."""
    data = path.read_bytes()
    places = list(re.finditer(rb'"[^"\n]*"|\b[0-9.]+\b|\btrue\b|(?<=: )[^\s"].*$', data, re.MULTILINE))
    chosen = places[:: max(1, len(places) // 60)]
    for place in chosen:
        for value in (b"null", b"1", b'""', b"[]", b"{}", b"[[1]]", b'{"a": 1}', b"true", b'"\\u0000"', b"a@b/c"):
            _survives(identity, path, name, data[: place.start()] + value + data[place.end() :])


CROWD = 3_000
PILED = {
    "uv": '[[package]]\nname = "a"\nversion = "%s"\nsource = { registry = "x" }\ndependencies = [{ name = "a" }]\n',
    "poetry": '[[package]]\nname = "a"\nversion = "%s"\n[package.dependencies]\na = "*"\n',
    "pdm": '[[package]]\nname = "a"\nversion = "%s"\ndependencies = ["a"]\n',
    "pylock": '[[packages]]\nname = "a"\nversion = "%s"\ndependencies = [{ name = "a" }]\n',
    "requirements": "a==%s  # via a\n",
    "yarn": '"a@%s":\n  version "%s"\n  dependencies:\n    a "^1"\n',
}
HEADS = {
    "uv": "version = 1\n", "poetry": '[metadata]\nlock-version = "2.0"\n', "pdm": '[metadata]\nlock_version = "4.5"\n',
    "pylock": 'lock-version = "1.0"\n',
}  # fmt: skip


@pytest.mark.parametrize("identity", PILED)
@pytest.mark.timeout(30)
def test_thousands_of_versions_that_need_one_another_are_no_square(identity):
    text = HEADS.get(identity, "") + "".join(PILED[identity].replace("%s", f"1.{number}") for number in range(CROWD))
    with pytest.raises(LockfileError, match="versions of a"):
        FORMATS[identity].plugin.load().read(Source(f"{identity}.lock", text.encode(), lambda _: None))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_files_are_read_or_refused(data):
    if not EVERY:
        return
    identity, path, name = data.draw(st.sampled_from(EVERY))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 200))
        change = data.draw(st.one_of(st.binary(max_size=20), st.just(bytes(content[at : at + length]) * 2)))
        content[at : at + length] = change
    _survives(identity, path, name, bytes(content))


def test_every_line_of_a_fixture_is_free_of_registries_and_machines():
    names = [
        re.escape(host) for host in ("pypi" + ".org", "npmjs" + ".org", "yarnpkg" + ".com", "pythonhosted" + ".org")
    ]
    forbidden = re.compile("|".join([*names, re.escape(tempfile.gettempdir()) + "/"]))
    for path in FIXTURES.rglob("*"):
        if path.is_file():
            assert not forbidden.search(path.read_bytes().decode("utf-8", "replace")), path


@pytest.mark.parametrize(("identity", "path", "name"), SAMPLES)
def test_what_is_asked_about_a_few_packages_is_answered_as_for_all(identity, path, name):
    _agrees_with_itself(_read(identity, path, name))


def test_a_large_package_lock_answers_about_a_few_as_for_all():
    lockfile = npm.read(Source("package-lock.json", package_lock(3000, 7), lambda _: None))
    assert lockfile.lines_of is not None
    assert lockfile.upward() is not None
    _agrees_with_itself(lockfile)


def _agrees_with_itself(lockfile):
    some = range(0, len(lockfile.packages), 2)
    lines = lockfile.lines()
    lines_of = lockfile.lines_of or (lambda numbers: [lines[number] for number in numbers])
    assert list(lines_of(some)) == [lines[number] for number in some]
    graph, from_below = lockfile.graph(), lockfile.upward()
    if graph is None:
        assert from_below is None
        return
    from_below = from_below or upward(graph)
    assert set(from_below.roots) == set(graph.roots)
    by_edges = reverse(graph.edges)
    for number in range(len(lockfile.packages)):
        assert set(from_below.needed_by(number)) == set(by_edges[number]), lockfile.packages[number]
