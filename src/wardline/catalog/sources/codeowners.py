"""CODEOWNERS: whose file is whose, as GitHub and as GitLab read it. Pure.

Both: one pattern a line, then its owners; the last line that matches counts. They differ in this:

GitHub ("About code owners"): a pattern with a slash inside is held against the root, as in .gitignore; a line without
owners gives the files to nobody in particular; `!` and `[…]` are not supported and such lines are passed over.

GitLab ("CODEOWNERS syntax"): a pattern that does not begin with a slash matches in any folder; `[Section]` begins one
(`^[Section]`: optional; `[Section][2]`: two approvals; owners behind it are those of lines without any), in each of
which the last match counts; `!pattern` takes files out of a section.

Files are bounded: 3 MB as on GitHub, of which 20,000 rules; longer patterns than 500 characters are passed over.
"""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, NamedTuple

Dialect = Literal["github", "gitlab"]

MAX_BYTES: Final = 3 * 1024 * 1024
_MAX_RULES: Final = 20_000
_MAX_PATTERN: Final = 500
_MAX_OWNERS: Final = 50
_SECTION: Final = re.compile(r"(?P<optional>\^)?\[(?P<name>[^\]]{1,200})\](?:\[\d{1,3}\])?(?P<rest>.*)")
_OWNER: Final = re.compile(r"@{1,2}[\w.-]+(?:/[\w.-]+)*|[^\s@]+@[^\s@]+\.[^\s@]+")


class Rule(NamedTuple):
    """One line: files that match, whose they are; in which section (GitLab), optional or taken out."""

    pattern: str
    owners: tuple[str, ...]
    section: str = ""
    optional: bool = False
    excludes: bool = False


class CodeOwners(NamedTuple):
    """A file read. `problems` are (line, what is wrong)."""

    dialect: Dialect
    rules: tuple[Rule, ...]
    problems: tuple[tuple[int, str], ...] = ()


def read(content: bytes, place: str) -> CodeOwners:
    """Return the rules of a file at `place` (`.github/CODEOWNERS`, …), which decides the dialect where it can."""
    text = content[:MAX_BYTES].decode("utf-8", "replace")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    dialect = _dialect(place, lines)
    rules: list[Rule] = []
    problems: list[tuple[int, str]] = []
    if len(content) > MAX_BYTES:
        problems.append((0, "the file is longer than 3 MB: the rest is not read"))
    section, optional, default = "", False, ()  # type: tuple[str, bool, tuple[str, ...]]
    for number, line in lines:
        head = _SECTION.fullmatch(line) if dialect == "gitlab" else None
        if head:
            section, optional = head["name"].strip().casefold(), bool(head["optional"])
            default = tuple(_OWNER.findall(head["rest"]))[:_MAX_OWNERS]
            continue
        rule, problem = _rule(line, dialect)
        if rule is None:
            problems.append((number, problem))
        elif len(rules) >= _MAX_RULES:
            problems.append((number, f"more than {_MAX_RULES} rules: the rest is not read"))
            break
        else:
            rules.append(rule._replace(section=section, optional=optional, owners=rule.owners or default))
    return CodeOwners(dialect, tuple(rules), tuple(problems))


def asking(dialect: str, rules: Iterable[Sequence[object]]) -> Callable[[str], tuple[str, ...]]:
    """Return what answers whose a path is: the owners named, required sections before optional ones, in file order."""
    sections: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
    for entry in rules:
        rule = Rule(*entry)  # type: ignore[arg-type]  # as `Rule` was stored
        sections.setdefault(rule.section, []).append((_segments(rule.pattern, dialect), rule))

    @functools.lru_cache(maxsize=4096)
    def owners(path: str) -> tuple[str, ...]:
        parts = tuple(path.strip("/").split("/"))
        found: list[Rule] = []
        for ruled in sections.values():
            matching = [rule for segments, rule in reversed(ruled) if _matches(segments, parts)]
            if matching and not any(rule.excludes for rule in matching):
                found.append(matching[0])
        found.sort(key=lambda rule: rule.optional)
        return tuple(dict.fromkeys(owner for rule in found for owner in rule.owners))

    return owners


def _dialect(place: str, lines: Sequence[tuple[int, str]]) -> Dialect:
    if place.startswith((".github/", ".gitlab/")):
        return "gitlab" if place.startswith(".gitlab/") else "github"
    return "gitlab" if any(_SECTION.fullmatch(line) for _, line in lines) else "github"


def _rule(line: str, dialect: Dialect) -> tuple[Rule | None, str]:
    pattern, rest = _split(line)
    excludes = pattern.startswith("!")
    if dialect == "github" and (excludes or "[" in pattern):
        return None, "GitHub passes over patterns with ! or [ ]"
    pattern = pattern[1:] if excludes else pattern
    if not 0 < len(pattern) <= _MAX_PATTERN:
        return None, f"a pattern has up to {_MAX_PATTERN} characters"
    words = rest.split(" #", 1)[0].split()
    owners = tuple(word for word in words if _OWNER.fullmatch(word))[:_MAX_OWNERS]
    if words and not owners:
        return None, f"{words[0]!r:.60} is neither @name, @organisation/team nor an e-mail address"
    return Rule(pattern, owners, excludes=excludes), ""


def _split(line: str) -> tuple[str, str]:
    r"""Return the pattern and the rest; a backslash keeps the space, `#` or backslash behind it."""
    pattern: list[str] = []
    place = 0
    while place < len(line) and not line[place].isspace():
        if line[place] == "\\" and place + 1 < len(line):
            place += 1
        pattern.append(line[place])
        place += 1
    return "".join(pattern), line[place:].strip()


def _segments(pattern: str, dialect: str) -> tuple[str, ...]:
    """Return the pattern as path segments, `**` for any number of them."""
    inside = pattern.rstrip("/")
    anchored = inside.startswith("/") or (dialect == "github" and "/" in inside)
    parts = [part for part in inside.split("/") if part]
    if not anchored:
        parts.insert(0, "**")
    if pattern.endswith("/") or (parts[-1:] and "*" not in parts[-1]):
        parts.append("**")  # a folder stands for everything below it
    squeezed = [part for number, part in enumerate(parts) if part != "**" or parts[number - 1 : number] != ["**"]]
    return tuple(squeezed)


def _matches(segments: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Return whether a path matches, in time proportional to both lengths multiplied.

    A trailing `**` also matches nothing (the named file itself).
    """
    reached = _closed({0}, segments)  # how many segments can be used up by the parts so far
    for part in parts:
        following = {at for at in reached if at < len(segments) and segments[at] == "**"}
        following |= {
            at + 1 for at in reached if at < len(segments) and segments[at] != "**" and _like(segments[at], part)
        }
        reached = _closed(following, segments)
        if not reached:
            return False
    return len(segments) in reached


def _closed(reached: set[int], segments: tuple[str, ...]) -> set[int]:
    """Return the states with those that follow without using anything up: `**` may stand for no folder at all."""
    return reached | {at + 1 for at in reached if at < len(segments) and segments[at] == "**"}


def _like(pattern: str, name: str) -> bool:
    """Return whether a name matches a pattern with `*` and `?`: greedy with one step back, so never exponential."""
    at = star = -1
    at, index, mark = 0, 0, 0
    while index < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, mark, at = at, index, at + 1
        elif at < len(pattern) and pattern[at] in {"?", name[index]}:
            at, index = at + 1, index + 1
        elif star >= 0:
            mark += 1
            at, index = star + 1, mark
        else:
            return False
    return set(pattern[at:]) <= {"*"}
