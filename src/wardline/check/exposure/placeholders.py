"""Values that stand where a credential will stand, and are none: documentation's, templates', masks, counters."""

import re
from itertools import pairwise
from typing import Final

# Words that say themselves that the value is none. Looked for in the value, so they must not turn up by chance in a
# random one: of five letters and more anywhere, shorter ones only between separators.
_WORDS: Final = re.compile(
    rb"example|sample(?![a-z])|dummy|placeholder|changeme|change[-_.]?(?:me|this|it)|replace[-_.]?(?:me|this|with)|"
    rb"insert[-_.]?(?:your|here)|your[-_.]?(?:own|api|app|access|secret|token|key|pass|client|account|project|user|org|"
    rb"database|db|domain|bot|auth|private|personal|bucket)|redacted|masked|obfuscated|deadbeef|notasecret|not[-_]?real|"
    rb"(?:^|[-_.])(?:fake|mock|stub|todo|fixme|xxx+|foo|bar|foobar|none|null|test[-_]?only)(?:$|[-_.])"
)
_TEMPLATE: Final = re.compile(
    rb"^\$|\$\{|\$\(|\{\{|\}\}|<%|%>|^<[^<>]*>$|^%[A-Za-z_][A-Za-z0-9_]*%$|^\{[A-Za-z0-9_.:-]*\}$|^\[[A-Za-z _-]+\]$|"
    rb"^%\(?[A-Za-z_]*\)?[sd]?$|^@[A-Za-z_.]+@$|^#\{|\.\.\.|\*\*\*|^__[A-Za-z0-9_]+__$"
)
_LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
_DIGITS: Final = b"0123456789012345678901234567890"
_STRAIGHT: Final = 8  # characters that follow each other: 1234567890 is typed, and one in 10^9 by chance
_FEW: Final = 4
_LONG: Final = 12


def placeholder(value: bytes) -> bool:
    """Return whether a value says of itself that it is none: a word, a template, a mask, a counter, a repetition."""
    lowered = value.lower()
    if _WORDS.search(lowered) or _TEMPLATE.search(value):
        return True
    return repetitive(lowered) or straight(lowered)


def repetitive(value: bytes) -> bool:
    """Return whether a long value has hardly any different characters, or repeats a short part of itself."""
    if len(value) < _LONG:
        return len(set(value)) <= 1
    if len(set(value)) <= _FEW or _run(value) >= _STRAIGHT:
        return True
    return any(value == (value[:size] * (len(value) // size + 1))[: len(value)] for size in range(1, len(value) // 3))


def straight(value: bytes) -> bool:
    """Return whether a third of a value, and at least eight characters, only counts on: 12345678, abcdefgh."""
    for size in range(_STRAIGHT, max(_STRAIGHT, len(value) // 3) + 1):
        if len(value) < size:
            return False
    size = max(_STRAIGHT, len(value) // 3)
    parts = (value[at : at + size] for at in range(len(value) - size + 1))
    return any(part in _LETTERS or part in _DIGITS or part[::-1] in _LETTERS or part[::-1] in _DIGITS for part in parts)


def _run(value: bytes) -> int:
    """Return the length of the longest run of one character."""
    best = run = 1
    for before, after in pairwise(value):
        run = run + 1 if before == after else 1
        best = max(best, run)
    return best
