"""Which rules can match a text at all: one pass of Hyperscan (Vectorscan) for all of them, or one search for each.

A trigger never misses what its rule's pattern matches; whether it does is then confirmed by `patterns`. Hyperscan is
asked for no starts and one end a rule: with starts, a third of credential patterns do not compile at all.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, NamedTuple, Protocol

from wardline.check.exposure.patterns import Compile, Pattern
from wardline.kernel import cache

_FORMAT: Final = 1


class Trigger(NamedTuple):
    """An expression, and lower-case literals one of which every match of it contains (none: not known)."""

    expression: str
    literals: tuple[str, ...] = ()


class Triggers(Protocol):
    """All triggers at once."""

    def fired(self, content: bytes) -> list[tuple[int, int]]:
        """Return the numbers of the triggers that match, in order, each with an offset that no match ends before."""


class OneByOne:
    """Triggers without Hyperscan: literals first, and the expression where one is there or none is known."""

    def __init__(self, triggers: Sequence[Trigger], compiled: Compile) -> None:
        self._compiled = compiled
        self._triggers = [(tuple(one.encode() for one in trigger.literals), trigger) for trigger in triggers]
        self._patterns: dict[int, Pattern] = {}

    def fired(self, content: bytes) -> list[tuple[int, int]]:
        """Return what the literals, and for triggers without any the expression, do not rule out."""
        lowered = content.lower()
        found = []
        for number, (literals, trigger) in enumerate(self._triggers):
            if literals:
                if any(literal in lowered for literal in literals):
                    found.append((number, 0))
            elif (end := self._pattern(number, trigger.expression).first(content)) >= 0:
                found.append((number, end))
        return found

    def _pattern(self, number: int, expression: str) -> Pattern:
        if number not in self._patterns:
            self._patterns[number] = self._compiled(expression)
        return self._patterns[number]


class AllAtOnce:
    """Triggers in one Hyperscan database."""

    def __init__(self, triggers: Sequence[Trigger]) -> None:
        """Load the database from the user's cache, or compile it and keep it there."""
        hyperscan = _hyperscan()
        expressions = [b"(?m)" + trigger.expression.encode("ascii") for trigger in triggers]
        self._found: dict[int, int] = {}
        name = cache.key("exposure-triggers", _FORMAT, hyperscan.__version__, expressions)
        kept = cache.load(name)
        database = _loaded(hyperscan, kept) if kept is not None else None
        if database is None:
            database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            database.compile(
                expressions=expressions,
                ids=list(range(len(expressions))),
                elements=len(expressions),
                flags=[hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY] * len(expressions),
            )
            cache.store(name, hyperscan.dumpb(database))
        self._database = database

    def fired(self, content: bytes) -> list[tuple[int, int]]:
        """Return what Hyperscan found."""
        if not content:
            return []
        found: list[tuple[int, int]] = []

        def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            found.append((number, end))

        self._database.scan(content, match_event_handler=note)
        found.sort()
        return found


def _loaded(hyperscan: Any, content: bytes) -> Any:
    """Return the database in `content`, or None where it was made for another processor or is none."""
    try:
        database = hyperscan.loadb(content, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
    except (hyperscan.error, ValueError, TypeError):
        return None
    return database


@lru_cache(maxsize=1)
def _hyperscan() -> Any:
    """Return Hyperscan's module, or None where it is not installed."""
    try:
        return import_module("hyperscan")
    except ImportError:
        return None


def available() -> bool:
    """Return whether Hyperscan is installed."""
    return _hyperscan() is not None


def fastest(triggers: Sequence[Trigger], compiled: Compile) -> Triggers:
    """Return the best that there is here."""
    return AllAtOnce(triggers) if available() else OneByOne(triggers, compiled)
