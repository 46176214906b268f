"""A team's own rules at work: what they find in a text, after everything that they allow; bounded in time.

What is found is judged as gitleaks does (version 8): keywords anywhere in the text, the entropy of the value, the
allowlists of the rule and of the file. The placeholders that the house's own rules pass over are the team's to allow.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from wardline.check.exposure import patterns, triggers
from wardline.check.exposure.entropy import bits
from wardline.check.exposure.model import Rule, either
from wardline.check.exposure.triggers import Trigger
from wardline.kernel.sandbox import OvertimeError, deadline

SECONDS_PER_RULE: Final = 2.0  # in one text
MAX_OVERTIMES: Final = 5  # of all rules together, in one process
MAX_MATCHES: Final = 20_000
_MAX_LINE_BYTES: Final = 64 * 1024


class Allowed(NamedTuple):
    """What is passed over: where any of its conditions holds, or with `every` where all of them do."""

    expressions: tuple[Any, ...] = ()
    target: str = "secret"  # what the expressions are held against: "secret", "match" or "line"
    paths: tuple[Any, ...] = ()
    stopwords: tuple[bytes, ...] = ()
    every: bool = False

    def allows(self, secret: bytes, match: bytes, line: bytes, path: bytes) -> bool:
        """Return whether a match is passed over."""
        against = {"secret": secret, "match": match, "line": line}[self.target]
        lowered = secret.lower()
        conditions: list[bool] = []
        if self.paths:
            conditions.append(any(one.search(path) for one in self.paths))
        if self.expressions:
            conditions.append(any(one.search(against) for one in self.expressions))
        if self.stopwords:
            conditions.append(any(word in lowered for word in self.stopwords))
        return bool(conditions) and (all(conditions) if self.every else any(conditions))


class TeamRule(NamedTuple):
    """One rule of a team; without an expression it is about files by their path."""

    rule: Rule
    expression: Any = None
    path: Any = None
    group: int = 0  # 0: the first one that matched something, else the whole match
    keywords: tuple[bytes, ...] = ()
    allowed: tuple[Allowed, ...] = ()


class Place(NamedTuple):
    """Where a rule matched: the place of the value."""

    rule: Rule
    start: int
    end: int


class Team:
    """A team's rules, ready to search with."""

    def __init__(self, rules: Sequence[TeamRule]) -> None:
        self._rules = tuple(rules)
        self._keyed = [one for one in rules if one.keywords and all(map(bytes.isascii, one.keywords))]
        keyed = set(map(id, self._keyed))
        self._others = [one for one in rules if id(one) not in keyed]
        words = [tuple(keyword.decode() for keyword in one.keywords) for one in self._keyed]
        listed = [Trigger(either(one), one) for one in words]
        self._triggers = triggers.fastest(listed, patterns.fastest()) if listed else None
        self._over: set[str] = set()
        self._unread: dict[str, None] = {}

    def unread(self) -> list[str]:
        """Return why rules did not look at all of what was searched since this was last asked."""
        said, self._unread = list(self._unread), {}
        return said

    def places(self, content: bytes, path: str) -> list[Place]:
        """Return what the rules find in a text."""
        name = path.encode("utf-8", "surrogatepass")
        found: list[Place] = []
        for one in self._asked(content):
            if one.expression is None or one.rule.id in self._over or len(self._over) > MAX_OVERTIMES:
                continue
            if one.path is not None and not one.path.search(name):
                continue
            try:
                with deadline(SECONDS_PER_RULE):
                    matches = list(islice(_places(one, content, name), MAX_MATCHES + 1))
            except OvertimeError:
                self._over.add(one.rule.id)
                self._unread[self._overtime(one.rule.id)] = None
                continue
            found += matches[:MAX_MATCHES]
            if len(matches) > MAX_MATCHES:
                self._unread[f"the rule {one.rule.id} matches more than {MAX_MATCHES:,} times in it"] = None
        return found

    def _asked(self, content: bytes) -> list[TeamRule]:
        """Return the rules of whose keywords one is in a text, or that have none."""
        asked = [self._keyed[number] for number, _ in self._triggers.fired(content)] if self._triggers else []
        lowered = content.lower() if any(one.keywords for one in self._others) else b""
        others = [one for one in self._others if not one.keywords or any(word in lowered for word in one.keywords)]
        return [*asked, *others]

    def about(self, path: str) -> list[Rule]:
        """Return the rules that say of a file by its path alone that it should not be there."""
        name = path.encode("utf-8", "surrogatepass")
        return [
            one.rule
            for one in self._rules
            if one.expression is None
            and one.path is not None
            and one.path.search(name)
            and not any(allowed.allows(b"", b"", b"", name) for allowed in one.allowed)
        ]

    def _overtime(self, name: str) -> str:
        reason = f"the rule {name} took longer than {SECONDS_PER_RULE:g} s in it, and is not searched for any further"
        if len(self._over) > MAX_OVERTIMES:
            reason += "; nor are the team's other rules, too many of which did"
        return reason


def _places(one: TeamRule, content: bytes, path: bytes) -> Iterator[Place]:
    for match in one.expression.finditer(content):
        start, end = _value(match, one.group)
        secret = content[start:end]
        if not secret or (one.rule.min_entropy and bits(secret) <= one.rule.min_entropy):
            continue
        whole = match.span()
        if not _passed_over(one.allowed, secret, content, whole, path):
            yield Place(one.rule, start, end)


def _passed_over(
    allowed: Iterable[Allowed], secret: bytes, content: bytes, whole: tuple[int, int], path: bytes
) -> bool:
    listed = list(allowed)
    if not listed:
        return False
    begin = max(content.rfind(b"\n", 0, whole[0]) + 1, whole[0] - _MAX_LINE_BYTES)
    stop = content.find(b"\n", whole[1])
    line = content[begin : min(stop if stop >= 0 else len(content), whole[1] + _MAX_LINE_BYTES)]
    match = content[whole[0] : whole[1]].strip(b"\n")
    return any(one.allows(secret, match, line, path) for one in listed)


def _value(match: Any, group: int) -> tuple[int, int]:
    """Return the place of the value: of the group that the rule names, else of the first that matched something."""
    if group:
        start, end = match.span(group)
        return (start, end) if start >= 0 else (0, 0)
    for number in range(1, (match.re.groups or 0) + 1):
        start, end = match.span(number)
        if end > start >= 0:
            return start, end
    start, end = match.span()
    return int(start), int(end)
