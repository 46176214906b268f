import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.catalog.sources.codeowners import asking, read

GITHUB = ".github/CODEOWNERS"
GITLAB = ".gitlab/CODEOWNERS"


def owner(content: str, path: str, place: str = GITHUB) -> tuple[str, ...]:
    found = read(content.encode(), place)
    return asking(found.dialect, [list(rule) for rule in found.rules])(path)


# The example of GitHub's documentation ("About code owners").
DOCUMENTED = """\
# comment
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README", ("@global-owner1", "@global-owner2")),
        ("src/a.js", ("@js-owner",)),
        ("src/a.go", ("docs@example.com",)),
        ("a.txt", ("@octo-org/octocats",)),
        ("build/logs/a", ("@octocat",)),
        ("x/build/logs/a", ("@octocat",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("x/docs/a.md", ("@global-owner1", "@global-owner2")),
        ("x/apps/deep/a", ("@octocat",)),
        ("scripts/a/b", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/a", ("@octocat",)),
        ("apps/a", ("@octocat",)),
        ("apps/github", ()),
        ("apps/github/a", ()),
    ],
)
def test_the_example_of_githubs_documentation(path: str, owners: tuple[str, ...]) -> None:
    assert owner(DOCUMENTED, path) == owners


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/deep/a.md", False),
        ("docs/**", "docs/deep/a.md", True),
        ("/a", "a", True),
        ("/a", "a/b", True),
        ("/a", "b/a", False),
        ("a", "b/a/c", True),
        ("a/b", "x/a/b", False),
        ("**/b", "x/y/b", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("*.min.*", "x/a.min.js", True),
        ("?.py", "a.py", True),
        ("?.py", "ab.py", False),
        ("*", "deep/a", True),
        ("/*", "a", True),
        ("/*", "deep/a", False),
        (r"a\ b", "a b", True),
        (r"\#a", "#a", True),
        ("a.b", "aXb", False),
    ],
)
def test_patterns_match_as_gitignores_do(pattern: str, path: str, matches: bool) -> None:
    assert bool(owner(f"{pattern} @x", path)) is matches


# From GitLab's documentation ("CODEOWNERS syntax"), shortened.
SECTIONS = """\
* @default
[Documentation] @docs-team
docs/
README.md @readme
!docs/secret.md
^[Optional][2] @optional
*.md
[DOCUMENTATION]
docs/api/ @api
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("a.py", ("@default",)),
        ("docs/a.txt", ("@default", "@docs-team")),
        ("x/docs/a.txt", ("@default", "@docs-team")),
        ("README.md", ("@default", "@readme", "@optional")),
        ("docs/api/a.md", ("@default", "@api", "@optional")),
        ("docs/secret.md", ("@default", "@optional")),
    ],
)
def test_gitlab_has_sections_with_owners_of_their_own(path: str, owners: tuple[str, ...]) -> None:
    assert owner(SECTIONS, path, GITLAB) == owners
    assert owner(SECTIONS, path, "CODEOWNERS") == owners


def test_lines_that_say_nothing_are_problems_with_their_line() -> None:
    found = read(b"* @a\n!x @a\n[ab].py @a\nx nobody\n" + b"y" * 501 + b" @a\n", GITHUB)
    assert [line for line, _ in found.problems] == [2, 3, 4, 5]
    assert [rule.pattern for rule in found.rules] == ["*"]


def test_too_many_rules_and_too_long_files_are_said() -> None:
    assert "rules" in read(b"a @a\n" * 20_001, GITHUB).problems[0][1]
    assert "3 MB" in read(b"#" * (3 * 1024 * 1024 + 1), GITHUB).problems[0][1]


def test_hostile_patterns_take_no_time() -> None:
    hostile = "/".join(["**", "*a" * 20] * 12)[:500]
    ask = asking("github", [list(rule) for rule in read(f"{hostile} @a\n".encode() * 50, GITHUB).rules])
    started = time.process_time()
    ask("/".join(["a" * 200 + "b"] * 40))
    assert time.process_time() - started < 10  # seconds; with backtracking it would be years


@settings(max_examples=100)
@given(st.binary(max_size=120), st.text(max_size=30), st.sampled_from([GITHUB, GITLAB, "CODEOWNERS"]))
def test_nothing_that_is_written_breaks_it(content: bytes, path: str, place: str) -> None:
    found = read(content, place)
    assert all("@" in one for one in asking(found.dialect, [list(rule) for rule in found.rules])(path))
