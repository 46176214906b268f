"""Which findings are asked for, as an address: a saved filter is a bookmark, and everybody reads it the same."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, get_args

from starlette.datastructures import QueryParams

from wardline.findings.model import OPEN, STATES, Query, State
from wardline.findings.report import SEVERITIES, Practice, Severity

PRACTICES: Final[tuple[Practice, ...]] = get_args(Practice)
SORTS: Final = (
    ("due", "due first"),
    ("severity", "most severe first"),
    ("detected", "newest first"),
    ("seen", "seen last"),
)
SHOWN_SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "unknown", "medium", "low", "info")
DUE: Final = (("overdue", "overdue"), ("1", "in a day"), ("3", "in 3 days"), ("7", "in a week"), ("30", "in 30 days"))
ANY_STATE: Final = "any"
_LONGEST: Final = 200


class Filter(NamedTuple):
    """What the address says, as it says it: every value is one of those that the form offers, or a name."""

    q: str = ""
    state: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    owner: str = ""
    due: str = ""
    waived: str = ""
    exploited: str = ""
    sort: str = "due"

    def address(self, path: str = "/findings", **changes: Any) -> str:
        """Return the address of this filter, with some parts changed; what is the default is left out."""
        from urllib.parse import urlencode

        changed = self._replace(**{name: value for name, value in changes.items() if name in self._fields})
        pairs = [
            (name, one)
            for name, value in zip(self._fields, changed, strict=True)
            for one in (value if isinstance(value, tuple) else (value,))
            if one and not (name == "sort" and one == "due")
        ]
        pairs += [(name, str(value)) for name, value in changes.items() if name not in self._fields and value]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def without(self, name: str, one: str) -> str:
        """Return the address of this filter without one value of one of its parts."""
        value = getattr(self, name)
        left: Any = tuple(other for other in value if other != one) if isinstance(value, tuple) else ""
        changes: dict[str, Any] = {name: left}
        return self.address(**changes)

    @property
    def empty(self) -> bool:
        """Whether nothing is narrowed."""
        return self._replace(sort="due") == Filter()

    def chips(self, names: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return what narrows the list in words, each with the address of the list without it."""
        words = {
            "q": "text “{}”",
            "state": "{}",
            "severity": "{}",
            "practice": "{}",
            "service": "service {}",
            "team": "team {}",
            "owner": "owner {}",
            "due": "due: {}",
            "waived": "waived: {}",
            "exploited": "exploited: {}",
        }
        known = {**names, **dict(DUE)}
        return [
            (form.format(known.get(one, one)), self.without(name, one))
            for name, form in words.items()
            for one in _values(getattr(self, name))
        ]


def read(query: QueryParams) -> Filter:
    """Return the filter of an address; values that the form does not offer are left out."""
    return Filter(
        q=query.get("q", "").strip()[:_LONGEST],
        state=_among(query, "state", (*STATES, ANY_STATE)),
        severity=_among(query, "severity", SEVERITIES),
        practice=_among(query, "practice", PRACTICES),
        service=_names(query, "service"),
        team=_names(query, "team"),
        owner=query.get("owner", "").strip()[:_LONGEST],
        due=query.get("due", "") if query.get("due", "") in dict(DUE) else "",
        waived=query.get("waived", "") if query.get("waived", "") in {"yes", "no"} else "",
        exploited="yes" if query.get("exploited") == "yes" else "",
        sort=query.get("sort", "") if query.get("sort", "") in dict(SORTS) else "due",
    )


def query(chosen: Filter, *, me: str, now: datetime) -> Query:
    """Return the question that a filter asks; `owner=me` is whoever looks."""
    return Query(
        states=_states(chosen.state),
        practices=frozenset(chosen.practice),  # type: ignore[arg-type] # `read` took nothing else
        severities=frozenset(chosen.severity),  # type: ignore[arg-type]
        services=frozenset(chosen.service),
        teams=frozenset(chosen.team),
        owner=me if chosen.owner == "me" else chosen.owner or None,
        text=chosen.q,
        overdue=True if chosen.due == "overdue" else None,
        waived={"yes": True, "no": False}.get(chosen.waived),
        exploited=True if chosen.exploited else None,
        due_before=now + timedelta(days=int(chosen.due)) if chosen.due.isdecimal() else None,
        sort=chosen.sort,  # type: ignore[arg-type]
    )


def _values(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()


def _states(chosen: tuple[str, ...]) -> frozenset[State]:
    if ANY_STATE in chosen:
        return frozenset(STATES)
    return frozenset(state for state in STATES if state in chosen) or OPEN


def _among(query: QueryParams, name: str, offered: Iterable[str]) -> tuple[str, ...]:
    asked = set(query.getlist(name))
    return tuple(one for one in offered if one in asked)


def _names(query: QueryParams, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip()[:_LONGEST] for one in query.getlist(name)[:20] if one.strip()))
