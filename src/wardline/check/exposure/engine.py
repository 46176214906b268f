"""The engine: one text in, the credentials in it out. Bounded whatever the text is; nothing of a value is ever shown.

Triggers say in one pass which rules can match at all; each of those is searched for with its own expression, and what
it finds is judged: keywords, entropy, placeholders, validators, a model. What two rules see in one value is said once.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Final, NamedTuple

from wardline.check.exposure import patterns, triggers
from wardline.check.exposure.catalogue import rules as all_rules
from wardline.check.exposure.decoding import DECODERS, Decoder
from wardline.check.exposure.entropy import bits
from wardline.check.exposure.model import NEAR_AFTER_BYTES, NEAR_BEFORE_BYTES, Candidate, Hit, Rule
from wardline.check.exposure.patterns import Compile, Pattern, Span
from wardline.check.exposure.placeholders import placeholder
from wardline.check.exposure.team import Team
from wardline.check.exposure.triggers import Trigger, Triggers
from wardline.findings.report import Confidence

MAX_HITS: Final = 1000
MAX_SPANS: Final = 200_000  # matches of one expression in one text that are judged
MAX_UNTIL_BYTES: Final = 16 * 1024
_AROUND_BYTES: Final = 400
_MAX_NAME_BYTES: Final = 60
_NAME: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$-"
_MAX_ELIDED_BYTES: Final = 1000
_RANK: Final[Mapping[str, int]] = {"high": 0, "medium": 1, "low": 2}


class _Found(NamedTuple):
    rule: Rule
    start: int
    end: int
    name: bytes
    confidence: Confidence


class Engine:
    """Rules, ready to search with."""

    def __init__(self, rules: Sequence[Rule], *, compiled: Compile, make: Callable[..., Triggers]) -> None:
        self._rules = tuple(rules)
        self._compiled = compiled
        self._triggers = make(
            [
                *(Trigger(rule.trigger, rule.near or rule.keywords) for rule in self._rules),
                *(Trigger(decoder.trigger or decoder.expression, decoder.literals) for decoder in DECODERS),
            ],
            compiled,
        )
        self._patterns: dict[str, Pattern] = {}
        self._team: Team | None = None

    def with_team(self, team: Team) -> "Engine":
        """Return an engine that also searches for a team's own rules."""
        made = copy(self)
        made._team = team  # noqa: SLF001 - of its own making
        return made

    @property
    def team(self) -> Team | None:
        """Return the team's own rules, None where there are none."""
        return self._team

    def search(self, content: bytes, path: str, *, binary: bool = False) -> tuple[list[Hit], bool, list[Decoder]]:
        """Return what the rules find in a text, by place; whether there was more; and what may be encoded in it."""
        found: list[_Found] = []
        encoded: list[Decoder] = []
        more = False
        for number, end in self._triggers.fired(content):
            if number >= len(self._rules):
                encoded.append(DECODERS[number - len(self._rules)])
                continue
            rule = self._rules[number]
            if binary and not rule.binary:
                continue
            confirmed, cut = self._confirmed(rule, content, path, end)
            found += confirmed
            more = more or cut
        if self._team is not None and not binary:
            places = self._team.places(content, path)
            found += [_Found(one.rule, one.start, one.end, b"", one.rule.confidence) for one in places]
        if not found:
            return [], more, encoded
        kept = _said_once(found)
        more = more or len(kept) > MAX_HITS
        return _hits(kept[:MAX_HITS], content), more, encoded

    def pattern(self, expression: str) -> Pattern:
        """Return an expression, compiled once."""
        if expression not in self._patterns:
            self._patterns[expression] = self._compiled(expression)
        return self._patterns[expression]

    def _confirmed(self, rule: Rule, content: bytes, path: str, end: int) -> tuple[list[_Found], bool]:
        start = 0 if rule.near or rule.until else content.rfind(b"\n", 0, max(end - 1, 0)) + 1
        spans = list(islice(self.pattern(rule.pattern).spans(content, start), MAX_SPANS + 1))
        found = []
        for span in spans[:MAX_SPANS]:
            one = self._judged(rule, content, path, span)
            if one is not None:
                found.append(one)
        return found, len(spans) > MAX_SPANS

    def _judged(self, rule: Rule, content: bytes, path: str, span: Span) -> _Found | None:
        """Return the match if it is one, after everything that a pattern cannot say."""
        start, end = span.secret
        if rule.until:
            until = content.find(rule.until.encode(), end, end + MAX_UNTIL_BYTES)
            end = until + len(rule.until) if until >= 0 else end
        value = content[start:end]
        if not value or not _placed(rule, content, span):
            return None
        if rule.min_entropy and bits(value) < rule.min_entropy:
            return None
        if not rule.model and placeholder(value):
            return None
        if any(self.pattern(expression).whole(value) for expression in rule.allow):
            return None
        if not all(_validator(name)(value) for name in rule.validators):
            return None
        name = _name(content, span)
        confidence: Confidence | None = rule.confidence
        if rule.checksum and not _validator(rule.checksum)(value):
            confidence = "low"
        if rule.model:
            confidence = _model(rule.model)(_candidate(content, start, end, name, path))
        return _Found(rule, start, end, name, confidence) if confidence is not None else None


@lru_cache(maxsize=1)
def default() -> Engine:
    """Return the engine with all rules of the house, as fast as this installation can."""
    return Engine(all_rules(), compiled=patterns.fastest(), make=triggers.fastest)


def _placed(rule: Rule, content: bytes, span: Span) -> bool:
    """Return whether one of the rule's keywords is in the match, and one of its neighbours near it."""
    if rule.keywords:
        match = content[span.start : span.end].lower()
        if not any(keyword.encode() in match for keyword in rule.keywords):
            return False
    if rule.near:
        around = content[max(span.start - NEAR_BEFORE_BYTES, 0) : span.end + NEAR_AFTER_BYTES].lower()
        return any(literal.encode() in around for literal in rule.near)
    return True


@lru_cache(maxsize=256)
def _validator(name: str) -> Callable[[bytes], bool]:
    valid: Callable[[bytes], bool] = import_module(f"wardline.check.exposure.validators.{name}").valid
    return valid


@lru_cache(maxsize=32)
def _model(name: str) -> Callable[[Candidate], Confidence | None]:
    judge: Callable[[Candidate], Confidence | None] = import_module(f"wardline.check.exposure.models.{name}").judge
    return judge


def _name(content: bytes, span: Span) -> bytes:
    """Return the name beside the value, from where it begins: an expression finds it by the word that matters in it."""
    begin, end = span.name
    if begin < 0:
        return b""
    before = content[max(begin - _MAX_NAME_BYTES, 0) : begin]
    return before[len(before.rstrip(_NAME)) :] + content[begin:end]


def _candidate(content: bytes, start: int, end: int, name: bytes, path: str) -> Candidate:
    begin = max(content.rfind(b"\n", 0, start) + 1, start - _AROUND_BYTES)
    stop = content.find(b"\n", end, end + _AROUND_BYTES)
    after = content[end : stop if stop >= 0 else end + _AROUND_BYTES]
    return Candidate(content[start:end], name, content[begin:start], after, path)


def _said_once(found: list[_Found]) -> list[_Found]:
    """Return the matches without those that lie over a more certain one, by place."""
    found.sort(key=lambda one: (bool(one.rule.model), _RANK[one.confidence], bool(one.rule.near), one.start, -one.end))
    starts: list[int] = []
    kept: list[_Found] = []
    for one in found:
        at = bisect_right(starts, one.start)
        if at and kept[at - 1].end > one.start:
            continue
        if at < len(kept) and kept[at].start < one.end:
            continue
        starts.insert(at, one.start)
        kept.insert(at, one)
    return kept


def _hits(found: Iterable[_Found], content: bytes) -> list[Hit]:
    """Return the matches with their lines, in which every value is left out."""
    listed = list(found)
    hits = []
    line, counted = 1, 0
    for number, one in enumerate(listed):
        line += content.count(b"\n", counted, one.start)
        counted = one.start
        begin = content.rfind(b"\n", 0, one.start) + 1
        hits.append(
            Hit(
                rule=one.rule,
                offset=one.start,
                line=line,
                column=one.start - begin + 1,
                confidence=one.confidence,
                value=content[one.start : one.end],
                elided=_elided(listed, number, content, begin),
                name=one.name.decode("ascii", "replace"),
            )
        )
    return hits


def _elided(found: Sequence[_Found], number: int, content: bytes, begin: int) -> bytes:
    """Return the line that a match is on, from up to 500 bytes before it to 500 after, without any match's value."""
    one = found[number]
    stop = content.find(b"\n", one.end)
    stop = min(stop if stop >= 0 else len(content), one.end + _MAX_ELIDED_BYTES // 2)
    first = number
    begin = max(begin, one.start - _MAX_ELIDED_BYTES // 2)
    while first and found[first - 1].end > begin:
        first -= 1
    parts = []
    at = begin
    for other in found[first:]:
        if other.start >= stop:
            break
        parts.append(content[at : max(other.start, at)])
        at = max(at, other.end)
    parts.append(content[at:stop])
    return b"\0".join(b" ".join(part.split()) for part in parts)
