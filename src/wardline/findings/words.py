"""The words by which a finding is found: cut the same way from what is stored and from what is asked. Pure.

A word is a run of letters and digits, folded (NFKC, no case); a name with punctuation inside it (`CVE-2021-44228`,
`log4j-core@2.14.1`, `src/app/main.py`) is kept whole as well. Every word that is asked for has to begin some word of
the finding: "log4 main" finds both names above.
"""

import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from wardline.findings.report import Finding

MAX_ASKED: Final = 8
_MAX_WORDS: Final = 48
_LONGEST: Final = 64
_SHORTEST: Final = 2
_MAX_CHARS: Final = 2000
_NAME: Final = re.compile(r"\S+")
_PART: Final = re.compile(r"[^\W_]+")
_EDGES: Final = "\"'`.,;:!?()[]{}<>"
_EMPTY: Final = frozenset(
    re.findall(
        r"\w+", "a an and are as at be by can for from in is it may not of on or that the this to via was when with"
    )
)


def subject(finding: Finding) -> str:
    """Return the text that says what a finding is about: package, advisories, rule, title."""
    package = finding.package.name if finding.package else ""
    return "\n".join((package, *finding.advisories[:8], finding.rule, finding.title))


def spot(finding: Finding, place: str) -> str:
    """Return the text that says where a finding is: without its line, as many findings share a file."""
    return finding.file if finding.file and not finding.package else f"{place}\n{finding.file or ''}"


def number(text: str) -> int:
    """Return the number of a text: 63 bits of its SHA-256."""
    return int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest()[:8]) >> 1


def of_text(text: str) -> frozenset[str]:
    """Return the words of a text, until there are enough."""
    found: dict[str, None] = {}
    for line in text.split("\n"):
        found.update(dict.fromkeys(_words(line)))
        if len(found) >= _MAX_WORDS:
            break
    return frozenset(list(found)[:_MAX_WORDS])


def asked(text: str) -> tuple[str, ...]:
    """Return the beginnings of words that a search asks for, longest first: none where there is nothing to look for.

    A word that is in every sentence ("the", "in") is looked for only where there is no other: then what begins so is
    found ("in": "injection").
    """
    found = _wanted(text)
    telling = [word for word in found if word not in _EMPTY]
    return tuple(sorted(telling or found, key=lambda word: (-len(word), word)))[:MAX_ASKED]


def left_out(text: str) -> tuple[str, ...]:
    """Return the words of a search that say nothing and that no finding is found by, in their order."""
    return tuple(word for word in _wanted(text) if word in _EMPTY)


def _wanted(text: str) -> dict[str, None]:
    named = (name.strip(_EDGES)[:_LONGEST] for name in _NAME.findall(_folded(text)))
    return dict.fromkeys(word for word in named if word and _PART.search(word))


def parts(word: str) -> tuple[str, ...]:
    """Return the runs of letters and digits in a word that is asked for."""
    return tuple(dict.fromkeys(part[:_LONGEST] for part in _PART.findall(word)))


def after(word: str) -> str:
    """Return a text that sorts behind everything that begins with `word`."""
    return word + "\U0010ffff"


def _words(text: str) -> Iterable[str]:
    for name in _NAME.findall(_folded(text)):
        whole = name.strip(_EDGES)[:_LONGEST]
        pieces = _PART.findall(whole)
        if len(pieces) > 1:
            yield whole
        for piece in pieces:
            if len(piece) >= _SHORTEST and piece not in _EMPTY:
                yield piece[:_LONGEST]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_MAX_CHARS]).casefold().replace("\x00", " ")
