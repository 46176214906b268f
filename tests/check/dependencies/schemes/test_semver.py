import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.schemes import ordering

from wardline.check.dependencies import versions

IDENTIFIER = st.from_regex(r"0|[1-9][0-9]{0,3}|[0-9]?[a-zA-Z-][0-9a-zA-Z-]{0,3}", fullmatch=True)
IDENTIFIERS = st.lists(IDENTIFIER, min_size=1, max_size=3).map(".".join)
VERSION = st.builds(
    "{}.{}.{}{}{}".format,
    st.integers(0, 12),
    st.integers(0, 3),
    st.integers(0, 2),
    st.one_of(st.just(""), IDENTIFIERS.map("-{}".format)),
    st.one_of(st.just(""), IDENTIFIERS.map("+{}".format)),
)
POOL = [
    "1.0.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.11", "1.0.0-rc.1", "0.0.1", "0.0.1-security.0", "10.20.30",
    "1.0.0-0.3.7", "1.0.0-x-y-z.--", "2.0.0-next.3+build.5", "1.2.3+a", "4.17.21", "15.0.3-canary.2", "1.0.0--",
]  # fmt: skip
SUFFIXES = ["-alpha", "-rc.1", ".0", "-0", "+b.1", "-", ".1", "-01", "beta2", "-SNAPSHOT", "+01", "-a.b-c"]


def test_precedence_is_that_of_the_specification():
    """SemVer 2.0.0 §11.2, §11.3 and §11.4.4."""
    ordering.assert_ascending("npm", "1.0.0", "2.0.0", "2.1.0", "2.1.1")
    ordering.assert_ascending(
        "npm",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
    )


def test_identifiers_are_numbers_by_value_then_text_by_ascii():
    """§11.4.1-3: digits are compared numerically and come before letters; upper case before lower."""
    ordering.assert_ascending("npm", "1.0.0-2", "1.0.0-10", "1.0.0--", "1.0.0-1a", "1.0.0-A", "1.0.0-a", "1.0.0-aa")


def test_build_metadata_does_not_count():
    """§10."""
    for ecosystem in ("npm", "Hex", "SwiftURL", "VSCode", "Kubernetes", "GitHub Actions", "GHC"):
        ordering.assert_ascending(ecosystem, ("1.0.0-rc.1", "1.0.0-rc.1+7"), ("1.0.0", "1.0.0+1", "1.0.0+20.b-c"))


def test_loose_spellings_are_read():
    ordering.assert_ascending(
        "npm",
        ("1.1.0-beta.2", "v1.1-beta.2", "=1.1.0-beta.2", " 1.1.0-beta.2 "),
        ("1.1.0", "1.1", "v1.1.0", "01.01.00", "1.1.0.0"),
        "1.1.0.1",
        ("2.0.0", "2", "v2"),
        ("3.0.0-RC3", "3.0.RC3", "3.0.0RC3"),
        "3.0.0",
    )


def test_any_prerelease_comes_before_every_prerelease():
    ordering.assert_ascending("npm", "1.3.0-*", "1.3.0-0", "1.3.0-a", "1.3.0")


def test_what_is_no_version_is_refused():
    ordering.assert_unreadable(
        "npm", "", " ", "a", "latest", "64e00e7", "1.0.0-", "1.0.0+", "1.0.0-a..b", "1..0", "1.0.", "~", "1.0.0 beta",
        "-1.0.0", "1.0.0-é", "\u0661.0.0", "1.0.0-a_b",
    )  # fmt: skip


def test_below_one_the_minor_version_breaks():
    assert versions.major("npm", "4.17.21") == "4"
    assert versions.major("npm", "v0.3.7-rc.1") == "0.3"


def test_a_prerelease_is_one_with_a_prerelease_part():
    assert versions.prerelease("npm", "1.0.0-0")
    assert not versions.prerelease("npm", "1.0.0+rc.1")


@ordering.LAWS
@given(VERSION, VERSION, VERSION)
def test_the_order_is_total(a, b, c):
    ordering.assert_total_order("npm", a, b, c)


@pytest.mark.native
def test_npm_agrees():
    script = """
    let semver; for (const place of ['semver', '/usr/share/nodejs/semver', process.execPath +
        '/../../lib/node_modules/npm/node_modules/semver']) { try { semver = require(place); break } catch {} }
    const lines = require('fs').readFileSync(0, 'utf8').split('\\n').slice(0, -1)
    console.log(lines.map(line => { const [a, b] = line.split('\\t')
        try { return semver.compare(a, b) } catch (e) { if (semver) return 'E'; throw e } }).join('\\n'))
    """
    asked = ordering.pairs(POOL, SUFFIXES)
    assert ordering.disagreements("npm", ["node", "-e", script], asked) == []


@pytest.mark.native
def test_elixir_agrees():
    script = """
    IO.stream(:stdio, :line) |> Enum.each(fn line ->
      [a, b] = String.split(String.trim_trailing(line, "\\n"), "\\t")
      IO.puts(try do case Version.compare(a, b) do :lt -> "-1"; :eq -> "0"; :gt -> "1" end
              rescue _ in Version.InvalidVersionError -> "E" end) end)
    """
    asked = ordering.pairs(POOL, SUFFIXES)
    assert ordering.disagreements("Hex", ["elixir", "-e", script], asked) == []
