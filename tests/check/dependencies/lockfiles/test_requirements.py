import pytest
from tests.check.dependencies.lockfiles.strangers import alone, source

from wardline.check.dependencies.lockfiles import requirements
from wardline.check.dependencies.model import LockfileError, Source, shortest_paths

HASH = "sha256:" + "0" * 64


def _read(text, name="requirements.txt", **near):
    return requirements.read(alone(name, text, **near))


def _pinned(lockfile):
    return {(package.name, package.version) for package in lockfile.packages}


def _unread(lockfile):
    return {part.reason for part in lockfile.unread}


@pytest.mark.parametrize("case", ["valid-pip-compile", "valid-uv"])
def test_annotations_tell_what_is_direct_and_who_needs_whom(case):
    lockfile = requirements.read(source(f"requirements/{case}/requirements.txt"))
    assert len(lockfile.packages) == 12
    assert {package.name for package in lockfile.packages if package.direct} == {"attrs", "httpx"}
    chains = {lockfile.packages[chain[-1]].name: chain for chain in shortest_paths(lockfile.graph())}
    assert [lockfile.packages[number].name for number in chains["hpack"]] == ["httpx", "h2", "hpack"]


def test_annotations_on_the_line_are_read_too():
    lockfile = requirements.read(source("requirements/valid-pip-compile/requirements-dev.txt"))
    assert {(package.name, package.groups, package.direct) for package in lockfile.packages} == {
        ("certifi", ("dev",), True),
        ("iniconfig", ("dev",), True),
    }


def test_annotations_in_all_their_shapes():
    lockfile = _read(
        "a==1\n    # via orders (pyproject.toml)\nb==1\n    # via a\nc==1  # via a, b, -r requirements.in\n"
        "d==1\n    # via\n    #   -c constraints.txt\n    #   b\ne==1  # pinned for a reason\n"
    )
    assert {package.name: package.direct for package in lockfile.packages} == {
        "a": True, "b": False, "c": True, "d": False, "e": None,
    }  # fmt: skip
    assert lockfile.graph().edges == [[1, 2], [2, 3], [], [], []]


def test_without_annotations_nobody_knows_what_is_direct():
    lockfile = _read("a==1\n")
    assert lockfile.packages[0].direct is None
    assert lockfile.graph() is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("requests==2.31.0", ("requests", "2.31.0")),
        ("requests == 2.31.0  # why", ("requests", "2.31.0")),
        ("requests[security,socks]==2.31.0 ; python_version < '3.12'", ("requests", "2.31.0")),
        ("requests (==2.31.0)", ("requests", "2.31.0")),
        ("requests===2.31.0+local.1", ("requests", "2.31.0+local.1")),
        ("requests>=2,==2.31.0", ("requests", "2.31.0")),
        (f"requests==2.31.0 --hash={HASH}", ("requests", "2.31.0")),
        (f"requests==2.31.0 \\\n    --hash={HASH} \\\n    --hash={HASH}", ("requests", "2.31.0")),
        ("requests==\\\n2.31.0", ("requests", "2.31.0")),
        ("requests==2.31.0 --global-option='x' --config-settings y=z", ("requests", "2.31.0")),
        ("Zope.Interface==6.0", ("Zope.Interface", "6.0")),
        ("pytz==1!2024.1", ("pytz", "1!2024.1")),
        ("./vendor/foo-1.0-py3-none-any.whl", ("foo", "1.0")),
        ("vendor/foo_bar-1.0.tar.gz", ("foo_bar", "1.0")),
        ("https://files.example/foo-1.0-py3-none-any.whl#sha256=0", ("foo", "1.0")),
        ("foo @ https://files.example/foo-1.0.tar.gz ; python_version > '3'", ("foo", "1.0")),
        ("foo@https://files.example/a/foo-1.0.zip", ("foo", "1.0")),
        ("file:///vendor/foo-1.0.tar.gz", ("foo", "1.0")),
        ("foo==${VERSION}.1", None),
    ],
)
def test_one_exact_version_is_a_package(line, expected):
    lockfile = _read(f"# first\n{line}\n")
    assert _pinned(lockfile) == ({expected} if expected else set())
    assert lockfile.lines() == ([2] if expected else [])
    assert bool(lockfile.unread) is not bool(expected)


@pytest.mark.parametrize(
    "line",
    [
        "requests", "requests>=2", "requests~=2.31", "requests==2.*", "requests<3,>=2", "requests!=2.0",
        "requests[socks]",
        "requests ; python_version < '3'", "requests==${VERSION}", "requests @ git+https://git.example/r.git@v2.31.0",
        "git+https://git.example/r.git#egg=requests", "-e git+https://git.example/r.git#egg=requests",
        "--editable=git+ssh://git@git.example/r.git#egg=requests", "https://files.example/requests.zip#egg=requests",
        "hg+https://hg.example/requests#egg=requests",
    ],
)  # fmt: skip
def test_what_has_no_exact_version_is_unread_with_a_way_out(line):
    lockfile = _read(line + "\n")
    assert lockfile.packages == []
    assert [part.units for part in lockfile.unread] == [1]
    assert lockfile.unread[0].reason.startswith("requests: ")
    assert "pin it" in lockfile.unread[0].remedy
    assert lockfile.unread[0].line == 1


@pytest.mark.parametrize(
    "line",
    ["-e .", "-e .[dev]", "--editable=./lib", ".", ".[dev]", "./lib", "../lib", "lib/sub", "file:./lib", "-e file:lib"],
)
def test_local_folders_are_not_third_party(line):
    lockfile = _read(line + "\n")
    assert (lockfile.packages, list(lockfile.unread)) == ([], [])


def test_options_are_no_packages_and_unknown_ones_are_said_so():
    lockfile = _read(
        "-i https://registry.example/simple\n--extra-index-url=https://user:word@registry.example\n--no-binary :all:\n"
        "--require-hashes\n-f ./wheels\n--pre\n--what-is-this a\n"
    )
    assert lockfile.packages == []
    assert _unread(lockfile) == {"--what-is-this a: is an option that is not known"}


def test_prose_is_said_to_be_no_requirements():
    assert _unread(_read("to be done: all of it!\n")) == {"to be done: all of it!: is no requirement"}


def test_included_files_count_for_the_line_that_includes_them():
    lockfile = _read(
        "b==1\n-r base/all.txt\n",
        base__all_dot_txt="a==1\n-r more.txt\n--requirement=gone.txt\n",
        base__more_dot_txt="c==1\nd>=1\n",
    )
    assert _pinned(lockfile) == {("a", "1"), ("b", "1"), ("c", "1")}
    assert lockfile.lines() == [1, 2, 2]
    assert _unread(lockfile) == {"gone.txt: is included and is not there", "d: has no exact version"}
    assert {part.line for part in lockfile.unread} == {2}


def test_files_that_include_one_another_come_to_an_end():
    assert _pinned(_read("-r a.txt\n", a_dot_txt="a==1\n-r b.txt\n", b_dot_txt="b==1\n-r a.txt\n")) == {
        ("a", "1"),
        ("b", "1"),
    }
    many = {f"f{number}_dot_txt": f"-r f{number + 1}.txt\n" * 2 for number in range(40)}
    lockfile = _read("-r f0.txt\n", **many)
    assert any("more than 100 files" in reason for reason in _unread(lockfile))


@pytest.mark.parametrize("place", ["/etc/passwd", "https://files.example/r.txt", "../../../up.txt", "~/r.txt"])
def test_a_file_outside_is_not_followed(place):
    asked = []
    lockfile = requirements.read(Source("requirements.txt", f"-r {place}\n".encode(), asked.append))
    assert [part.units for part in lockfile.unread] == [1]
    assert not any(path.startswith("/") or ":" in path for path in asked)


def test_a_neighbour_that_cannot_be_read_is_said_so():
    def near(_):
        raise LockfileError("a link")

    lockfile = requirements.read(Source("requirements.txt", b"-r a.txt\n", near))
    assert _unread(lockfile) == {"a.txt: is included and cannot be read (a link)"}


def test_constraints_pin_what_is_required_and_nothing_else():
    lockfile = _read(
        "-c constraints.txt\nrequests>=2\nflask\n",
        constraints_dot_txt="Requests==2.31.0 --hash=x\nunused==1.0\nflask>1\n",
    )
    assert _pinned(lockfile) == {("requests", "2.31.0")}
    assert lockfile.lines() == [2]
    assert _unread(lockfile) == {"flask: has no exact version"}
    assert _read("a==1\n", name="requirements/constraints.txt").packages == []


@pytest.mark.parametrize(
    ("path", "groups"),
    [
        ("requirements.txt", ()), ("requirements-dev.txt", ("dev",)), ("test-requirements.txt", ("test",)),
        ("requirements/tests.txt", ("test",)), ("requirements/prod.txt", ()), ("requirements_docs.txt", ("docs",)),
        ("deep/requirements/dev-test.txt", ("dev", "test")), ("requirements.dev.txt", ("dev",)),
        ("requirements/base.txt", ()),
    ],
)  # fmt: skip
def test_the_file_s_name_gives_the_group(path, groups):
    assert _read("a==1\n", name=path).packages[0].groups == groups


@pytest.mark.parametrize(
    "data",
    [
        "a==1\n".encode("utf-16"),
        b"\xef\xbb\xbfa==1\r\n",
        b"a==1\r",
        "# -*- coding: cp1252 -*-\n# Grüße\na==1\n".encode("cp1252"),
        "# Grüße\na==1\n".encode("latin-1"),
    ],
)
def test_encodings_and_line_ends(data):
    assert _pinned(requirements.read(alone("requirements.txt", data))) == {("a", "1")}


@pytest.mark.parametrize("coding", ["nonsense", "utf-8", "rot13", "idna", "base64"])
def test_an_encoding_that_does_not_fit_is_refused(coding):
    with pytest.raises(LockfileError):
        requirements.read(alone("requirements.txt", f"# coding: {coding}\n".encode() + b"\xff==1\n"))


def test_credentials_in_places_are_not_shown():
    lockfile = _read(
        "-r https://user:word@files.example/r.txt\ngit+https://user:word@git.example/x.git\n--odd=https://u:word@x\n"
    )
    assert lockfile.unread
    assert not any("word" in part.reason for part in lockfile.unread)


@pytest.mark.parametrize(
    "line",
    [
        "a" * 300_000,
        "#" * 300_000,
        "a " * 150_000,
        "a" + " " * 300_000 + "b",
        "a>=1" + " " * 300_000 + "b",
        "a>=1;" + " " * 300_000 + ")",
        "a" + "\t" * 300_000 + "@ b",
        "a=" * 150_000,
        "a[" * 150_000,
        " #" * 150_000,
        "\\\n" * 150_000,
        "a @ " * 100_000,
        "-" * 300_000,
        "a/" * 150_000,
        "a==1," * 60_000,
        "//@" * 100_000,
        "# via a,\n" * 50_000,
    ],
)
@pytest.mark.timeout(20)
def test_long_lines_are_read_in_time(line):
    lockfile = _read("x==1\n" + line)
    assert ("x", "1") in _pinned(lockfile)
