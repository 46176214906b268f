import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.world import finding

from wardline.findings import places
from wardline.findings.report import SEVERITIES, Location, PackageRef


def test_a_place_is_one_line():
    package = PackageRef("npm", "lodash", "4.0.0", "pkg:npm/lodash@4.0.0")
    assert places.place(finding(package=package)) == "lodash@4.0.0"
    assert places.place(finding(file="src/a.py", line=7)) == "src/a.py:7"
    assert places.place(finding(file="src/a.py", line=None)) == "src/a.py"
    assert places.place(finding(location=Location("url", "/users/{number}\n"))) == "/users/{number}\\x0a"
    assert len(places.place(finding(file="x" * 9000))) == 300
    assert places.package_of("@scope/name@1.0") == "@scope/name"


@pytest.mark.parametrize(
    ("scope", "inside"),
    [
        (".", True),
        ("", True),
        ("web/package-lock.json", True),
        ("web", True),  # it reads as no path, so it may be anything
        ("web/", True),
        ("webs/package-lock.json", False),
        ("api/package-lock.json", False),
        ("npm lodash 4.0", True),
        ("npm underscore 1.0", False),
        ("12 packages of npm", True),
        ("the advisories", True),
        ("https://registry.example/lodash", True),
    ],
)
def test_what_a_gap_may_hide(scope, inside):
    gaps = places.scopes([{"practice": "dependencies", "scope": scope}])
    assert places.unexamined("dependencies", ["web/package-lock.json"], gaps, package="lodash") is inside
    assert not places.unexamined("code", ["web/package-lock.json"], gaps, package="lodash")


def test_what_is_in_no_file_may_be_in_any_gap():
    gaps = places.scopes([{"practice": "pentest", "scope": "api/openapi.json"}])
    assert places.unexamined("pentest", [], gaps)


@pytest.mark.parametrize("gap", [{}, {"practice": 3, "scope": ["x"]}, {"scope": None}])
def test_a_gap_that_says_nothing_stands_for_everything(gap):
    assert places.unexamined("code", ["src/a.py"], places.scopes([gap]))


def test_severities_have_an_order():
    assert [places.rank(one) for one in ("critical", "high", "unknown", "medium", "low", "info")] == [0, 1, 1, 2, 3, 4]
    assert set(places.URGENCY) == set(SEVERITIES)


def one_by_one(practice, files, gaps, package):
    """Look at every scope of every gap, as it was first written."""
    for scope in (*gaps.get(practice, ()), *gaps.get("", ())):
        words = scope.split()
        path = ("/" in scope or "." in scope) and "://" not in scope and "@" not in scope and " " not in scope.strip()
        if practice == "dependencies" and package and len(words) == 3:
            if words[1] == package:
                return True
        elif scope in {"", ".", "/", "*", "**"} or not files or not path:
            return True
        folder = scope.rstrip("/") + "/"
        if any(file == scope or file.startswith(folder) for file in files):
            return True
    return False


PARTS = st.text(st.sampled_from("ab/. @:"), max_size=8)
SCOPES = PARTS | st.sampled_from(["npm a 1.0", "npm b/c 2", "src/", "/src", "//", "a/b", "a/b/"])
FILES = st.lists(PARTS | st.sampled_from(["a/b/c.py", "/src/x", "src/a", "npm a 1.0/x"]), max_size=3)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["code", "dependencies", ""]), SCOPES), max_size=4),
    st.sampled_from(["code", "dependencies"]), FILES, st.sampled_from(["", "a", "b/c"]),
)  # fmt: skip
def test_many_gaps_at_once_hide_what_each_alone_would(said, practice, files, package):
    gaps = places.scopes([{"practice": of, "scope": scope} for of, scope in said])
    expected = one_by_one(practice, files, gaps, package)
    assert places.unexamined(practice, files, gaps, package=package) is expected
    assert places.Unexamined(gaps).hides(practice, files, package=package) is expected
