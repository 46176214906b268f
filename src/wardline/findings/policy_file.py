"""Reads the organisation's policy file (TOML): every key is known, every value checked, and each error has its line."""

import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from wardline.findings import spans
from wardline.findings.policy import TOLD, BySeverity, Cisa, Clocks, Dismissals, Halving, Policy, Step, WaiverRules
from wardline.findings.report import SEVERITIES
from wardline.findings.spans import WEEKDAYS, Calendar, Span
from wardline.kernel import toml
from wardline.kernel.errors import AskedWronglyError

MAX_BYTES: Final = 256 * 1024
_MAX_HOLIDAYS: Final = 1000
_MAX_STEPS: Final = 20
_MAX_PERCENT: Final = 1000
_HEADER: Final = re.compile(r"\s*\[\[?\s*([^\]#]+?)\s*\]\]?")
_KEY: Final = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_SPAN_HINT: Final = 'write it as "4 hours", "7 days" or "1 working day"'
_BY_SEVERITY: Final = tuple(name for name in ("critical", "high", "medium", "low", "info", "unknown"))


class PolicyError(AskedWronglyError):
    """The policy says something that cannot be obeyed: where, and what it may say instead."""

    code = "policy"


def read(text: str | bytes, name: str = "the policy") -> Policy:
    """Return the policy in a TOML document; what it does not name has its default.

    Raises: `PolicyError` with the line, for what is no TOML, an unknown key (with the nearest known one), or a value
    that is none.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        document = toml.load(data, max_bytes=MAX_BYTES)
    except toml.TomlError as error:
        place = f", line {error.line}" if error.line else ""
        raise PolicyError(f"{name}{place}: {error.detail}", hint=error.hint) from error
    return _Reader(document, data.decode("utf-8-sig", "replace"), name).policy()


class _Reader:
    """One document, asked key by key; what was not asked for is unknown."""

    def __init__(self, document: Mapping[str, Any], text: str, name: str) -> None:
        self._document = document
        self._text = text
        self._name = name

    def policy(self) -> Policy:
        """Return everything that the document decides."""
        usual = Policy()
        self._only((), Policy._fields)
        made = Policy(
            windows=self._spans(("windows",), usual.windows),
            halving=self._halving(usual.halving),
            cisa=self._named(("cisa",), usual.cisa, Cisa),
            acknowledge=self._spans(("acknowledge",), usual.acknowledge),
            clocks=self._clocks(usual.clocks),
            calendar=self._calendar(usual.calendar),
            dismissals=self._named(("dismissals",), usual.dismissals, Dismissals),
            waivers=self._waivers(usual.waivers),
            ladder=self._ladder(usual.ladder),
        )
        self._ordered(("windows",), made.windows)
        self._ordered(("waivers", "longest"), made.waivers.longest)
        return made

    def _halving(self, usual: Halving) -> Halving:
        self._only(("halving",), Halving._fields)
        tiers = self._list(("halving", "tiers"), list(usual.tiers), lambda tier: tier in {1, 2, 3, 4}, "tiers: 1 to 4")
        return Halving(tuple(sorted(set(tiers))), self._share(("halving", "factor"), usual.factor))

    def _clocks(self, usual: Clocks) -> Clocks:
        self._only(("clocks",), Clocks._fields)
        return Clocks(
            leaked_credential=self._span(("clocks", "leaked_credential"), usual.leaked_credential),
            ungated_deployment=self._span(("clocks", "ungated_deployment"), usual.ungated_deployment),
            regression=self._share(("clocks", "regression"), usual.regression),
        )

    def _calendar(self, usual: Calendar) -> Calendar:
        self._only(("calendar",), Calendar._fields)
        days = self._list(
            ("calendar", "working_days"), list(usual.working_days), lambda day: day in WEEKDAYS, ", ".join(WEEKDAYS)
        )
        if not days:
            raise self._error(("calendar", "working_days"), "no day of the week is a working day", "name one")
        holidays = self._list(("calendar", "holidays"), [], _is_date, 'days such as "2026-12-25"')
        zone = self._value(("calendar", "time_zone"), usual.time_zone)
        if not isinstance(zone, str) or not spans.known_zone(zone):
            raise self._error(("calendar", "time_zone"), f"{zone!r:.40} is no time zone", 'such as "Europe/Berlin"')
        return Calendar(tuple(day for day in WEEKDAYS if day in days), frozenset(map(_date, holidays)), zone)

    def _waivers(self, usual: WaiverRules) -> WaiverRules:
        self._only(("waivers",), WaiverRules._fields)
        late = self._list(
            ("waivers", "late_grant_severities"),
            list(usual.late_grant_severities),
            lambda one: one in {"medium", "low", "info"},
            "medium, low and info: what is worse is decided by somebody",
        )
        return WaiverRules(
            longest=self._spans(("waivers", "longest"), usual.longest),
            decide=self._spans(("waivers", "decide"), usual.decide),
            approvals=self._counts(("waivers", "approvals"), usual.approvals),
            renewals=self._count(("waivers", "renewals"), usual.renewals, 0, 10),
            late_grant=self._span(("waivers", "late_grant"), usual.late_grant),
            late_grant_severities=tuple(severity for severity in SEVERITIES if severity in late),
        )

    def _ladder(self, usual: tuple[Step, ...]) -> tuple[Step, ...]:
        steps = self._document.get("ladder")
        if steps is None:
            return usual
        hint = 'write [[ladder]], percent = 50, tell = "owner" for each step'
        if not isinstance(steps, list) or not 0 < len(steps) <= _MAX_STEPS:
            raise self._error(("ladder",), f"the ladder has 1 to {_MAX_STEPS} steps", hint)
        made = [self._step(step, hint) for step in steps]
        if [step.percent for step in made] != sorted({step.percent for step in made}):
            raise self._error(("ladder",), "each step comes later than the one before", hint)
        if all(step.percent > 100 for step in made):
            raise self._error(("ladder",), "nobody is told before it is late", "begin at 100 percent or before")
        return tuple(made)

    def _step(self, step: Any, hint: str) -> Step:
        if not isinstance(step, dict):
            raise self._error(("ladder",), "a step is a table", hint)
        for key in step:
            if key not in Step._fields:
                raise self._unknown(("ladder", key), Step._fields)
        percent, tell = step.get("percent"), step.get("tell")
        if type(percent) is not int or not 0 < percent <= _MAX_PERCENT:
            raise self._error(("ladder", "percent"), f"{percent!r:.40} is no percentage of the window", hint)
        if tell not in TOLD:
            raise self._error(("ladder", "tell"), f"{tell!r:.40} is nobody to tell", f"there are: {', '.join(TOLD)}")
        return Step(percent, tell)

    # One value

    def _spans(self, path: tuple[str, ...], usual: BySeverity[Span]) -> BySeverity[Span]:
        self._only(path, _BY_SEVERITY)
        return self._by_severity(path, usual, self._span)

    def _counts(self, path: tuple[str, ...], usual: BySeverity[int]) -> BySeverity[int]:
        self._only(path, _BY_SEVERITY)
        return self._by_severity(path, usual, lambda place, one: self._count(place, one, 1, 5))

    def _by_severity(self, path: tuple[str, ...], usual: BySeverity[Any], ask: Callable[..., Any]) -> BySeverity[Any]:
        """Return a table by severity: where they are not named, `info` follows `low` and `unknown` follows `high`."""
        named = {name: ask((*path, name), getattr(usual, name)) for name in ("critical", "high", "medium", "low")}
        follows = {"info": named["low"], "unknown": named["high"]}
        return BySeverity(**named, **{name: ask((*path, name), value) for name, value in follows.items()})

    def _named(self, path: tuple[str, ...], usual: Any, kind: Any) -> Any:
        self._only(path, usual._fields)
        return kind(*(self._span((*path, name), getattr(usual, name)) for name in usual._fields))

    def _span(self, path: tuple[str, ...], usual: Span) -> Span:
        value = self._value(path, None)
        if value is None:
            return usual
        span = spans.parse(value) if isinstance(value, str) else None
        if span is None:
            raise self._error(path, f"{value!r:.40} is no length of time", _SPAN_HINT)
        return span

    def _share(self, path: tuple[str, ...], usual: float) -> float:
        value = self._value(path, usual)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise self._error(path, f"{value!r:.40} is no share", "a number above 0 and up to 1, such as 0.5")
        return float(value)

    def _count(self, path: tuple[str, ...], usual: int, least: int, most: int) -> int:
        value = self._value(path, usual)
        if type(value) is not int or not least <= value <= most:
            raise self._error(path, f"{value!r:.40} is no such number", f"a whole number from {least} to {most}")
        return value

    def _list(self, path: tuple[str, ...], usual: list[Any], fits: Callable[[Any], bool], hint: str) -> list[Any]:
        value = self._value(path, usual)
        if not isinstance(value, list) or len(value) > _MAX_HOLIDAYS:
            raise self._error(path, "this is a list", hint)
        for one in value:
            if isinstance(one, dict | list | bool) or not fits(one):
                raise self._error(path, f"{one!r:.40} is none of them", hint)
        return value

    def _value(self, path: tuple[str, ...], usual: Any) -> Any:
        value: Any = self._document
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return usual if value is None else value

    def _ordered(self, path: tuple[str, ...], table: BySeverity[Span]) -> None:
        """Refuse a table where what is worse may take longer."""
        rows = [(name, getattr(table, name)) for name in ("critical", "high", "medium", "low")]
        for (worse, less), (milder, more) in itertools.pairwise(rows):
            if _hours(less) > _hours(more):
                raise self._error((*path, worse), f"{worse} ({less}) may take longer than {milder} ({more})", "")

    # Errors

    def _only(self, path: tuple[str, ...], known: Iterable[str]) -> None:
        """Refuse keys of a table that are not known."""
        table = self._value(path, {})
        if not isinstance(table, Mapping):
            raise self._error(path, f"{path[-1]} is a table", f"write [{'.'.join(path)}] on a line of its own")
        for key in table:
            if key not in set(known):
                raise self._unknown((*path, key), known)

    def _unknown(self, path: tuple[str, ...], known: Iterable[str]) -> PolicyError:
        names = sorted(known)
        nearest = difflib.get_close_matches(path[-1], names, n=1, cutoff=0.5)
        did_you_mean = f"did you mean {nearest[0]}? " if nearest else ""
        return self._error(path, f"unknown key {path[-1]!r:.60}", f"{did_you_mean}there are: {', '.join(names)}")

    def _error(self, path: tuple[str, ...], detail: str, hint: str) -> PolicyError:
        line = _line(self._text, path)
        place = f", line {line}" if line else ""
        return PolicyError(f"{self._name}{place}: [{'.'.join(path[:-1]) or path[0]}] {detail}", hint=hint)


def _line(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line where a key, or else the nearest table above it, is written."""
    table: tuple[str, ...] = ()
    nearest: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header:
            table = _split(header[1])
            here = table
        elif key:
            here = (*table, *_split(key[1]))
        else:
            continue
        if here[: len(path)] == path:
            return number
        if here == path[: len(here)] and (nearest is None or len(here) > nearest[0]):
            nearest = (len(here), number)
    return nearest[1] if nearest else None


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _hours(span: Span) -> float:
    return span.amount * {"hours": 1.0, "days": 24.0, "working days": 24.0}[span.unit]


def _is_date(value: Any) -> bool:
    try:
        return _date(value) is not None
    except (TypeError, ValueError):
        return False


def _date(value: Any) -> date:
    return date.fromisoformat(value if isinstance(value, str) else value.isoformat()[:10])
