"""How a rule's expression is compiled and searched: google-re2 where it is installed, else `re` with the same findings.

Both work on bytes, by lines (`^`, `$`), and on ASCII; `re2` is told Latin-1, in which every byte is a character.
"""

import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, NamedTuple

_BY_LINE: Final = "(?m)"


class Span(NamedTuple):
    """Where a pattern matched: the whole match, the value in it, and the name beside it (empty: -1, -1)."""

    start: int
    end: int
    secret: tuple[int, int]
    name: tuple[int, int]


class Pattern:
    """A compiled expression."""

    __slots__ = ("_compiled", "_name", "_secret")

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        # re2 names the groups of an expression over bytes in bytes
        groups = {os.fsdecode(name): number for name, number in compiled.groupindex.items()}
        self._secret = groups.get("secret", 0)
        self._name = groups.get("name")

    def spans(self, content: bytes, start: int = 0) -> Iterator[Span]:
        """Yield every match from `start` on, leftmost first, none overlapping another."""
        name = self._name
        for match in self._compiled.finditer(content, start):
            begin, end = match.span()
            yield Span(begin, end, match.span(self._secret), match.span(name) if name else (-1, -1))

    def first(self, content: bytes) -> int:
        """Return where the first match ends, or -1."""
        match = self._compiled.search(content)
        return match.end() if match is not None else -1

    def whole(self, content: bytes) -> bool:
        """Return whether all of `content` is one match."""
        return self._compiled.fullmatch(content) is not None


Compile = Callable[[str], Pattern]


def with_re(expression: str) -> Pattern:
    """Return the expression, compiled by the standard library."""
    return Pattern(re.compile((_BY_LINE + expression).encode("ascii")))


@lru_cache(maxsize=1)
def re2() -> Any:
    """Return google-re2's module, or None where it is not installed."""
    try:
        return import_module("re2")
    except ImportError:
        return None


def with_re2(expression: str) -> Pattern:
    """Return the expression, compiled by google-re2, which takes linear time whatever it reads."""
    module = re2()
    options = module.Options()
    options.encoding = module.Options.Encoding.LATIN1
    options.log_errors = False
    return Pattern(module.compile((_BY_LINE + expression).encode("ascii"), options))


def fastest() -> Compile:
    """Return the best of the two that there is here."""
    return with_re2 if re2() is not None else with_re
