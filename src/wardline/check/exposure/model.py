"""What an exposure rule is, and what a match of one is. No value of a credential is ever shown by any of these."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wardline.findings.report import Confidence, Severity

NEAR_BEFORE_BYTES: Final = 240
NEAR_AFTER_BYTES: Final = 80


_REPEAT: Final = re.compile(r"(?<!\\)\{([0-9]+)(,?)([0-9]*)\}")
_COUNTED: Final = 48


class Rule(NamedTuple):
    """One kind of credential or personal data: how it is recognised, and what is said about it.

    The keys are described in `catalogue`, where rules are read.
    """

    id: str
    title: str
    pattern: str
    provider: str = ""
    repair: str = ""
    keywords: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    seek: str = ""
    min_entropy: float = 0.0
    validators: tuple[str, ...] = ()
    checksum: str = ""
    model: str = ""
    until: str = ""
    severity: Severity = "high"
    confidence: Confidence = "high"
    allow: tuple[str, ...] = ()
    binary: bool = True
    hashable: bool = False
    personal: bool = False
    module: str = ""

    @property
    def trigger(self) -> str:
        """Return an expression that matches wherever the rule can: what is near it, or its pattern without long counts.

        Counting to a hundred is what automata are slow at and large with; whoever has seen 48 has seen enough to ask.
        """
        if not self.near or self.seek == "pattern":
            return _REPEAT.sub(_uncounted, self.pattern)
        return either(self.near)


class Candidate(NamedTuple):
    """What a model judges: a value with what stands around it. Lives only as long as the judgement."""

    value: bytes
    name: bytes  # what it is assigned to, as the pattern's group `name` has it; empty without one
    before: bytes  # the rest of the line before and after the value, at most 400 bytes each
    after: bytes
    path: str

    @property
    def quoted(self) -> bool:
        """Return whether the value stands between quotation marks: code is written so, most settings are not."""
        return self.before[-1:] in {b'"', b"'", b"`"}

    def __repr__(self) -> str:
        """Return nothing of the value or of its line."""
        return "Candidate(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A confirmed match: which rule, where; the value itself stays in memory and is in no representation of the hit."""

    rule: Rule
    offset: int  # of the value, in the text that was searched
    line: int
    column: int
    confidence: Confidence
    value: bytes = field(repr=False)
    elided: bytes = field(repr=False)  # the line without any value on it
    name: str = field(default="", repr=False)  # what it is assigned to
    via: tuple[str, ...] = ()  # the encodings it was in, outermost first: "base64"
    member: str = ""  # the path inside an archive


def either(literals: Iterable[str]) -> str:
    """Return an expression for any of some literals in ASCII, in whatever case."""
    return "(?i:" + "|".join(map(_quoted, literals)) + ")"


def _quoted(literal: str) -> str:
    """Return a literal as an expression that every engine reads the same."""
    return "".join(char if char.isalnum() or char in " _" else "\\" + char for char in literal)


def _uncounted(repeat: re.Match[str]) -> str:
    """Return a repeat that allows no less than this one and counts no further than is quick."""
    least, most = int(repeat[1]), int(repeat[3] or repeat[1])
    if max(least, most) <= _COUNTED and (repeat[3] or not repeat[2]):
        return repeat[0]
    return f"{{{min(least, _COUNTED)},}}"
