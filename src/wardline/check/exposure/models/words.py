"""What a value is made of: words that a person would write, or characters that only a machine draws.

Two letters in a row are common in English or they are not: of a word nearly all pairs are common, of a random text few.
The pairs below are those that English words, names and identifiers are mostly made of.
"""

from typing import Final

from wardline.check.exposure.entropy import bits

_PAIRS: Final = frozenset(
    b"ab ac ad ag ai al am an ap ar as at ay ba be bl bo br bu ca ce ch ci ck co cr ct da de di dm do dr du "
    b"ea ec ed ee eg ek el em en ep er es et ev ew ex ey fa fe fi fo fr fu ga ge gh gi go gr ha he hi ho ia "
    b"ic id ie if ig il im in io ip ir is it iv ke ki ks ku ky la ld le li ll lo lu ly ma me mi mo mp ms mu "
    b"my na nc nd ne ng ni no ns nt ob od of og ok ol om on oo op or os ot ou ov ow pa pe pi pl po pp pr pu "
    b"qu ra rc rd re rg ri rk rm rn ro rs rt ru rv ry sa sc se sh si sk sl sm so sp ss st su sw ta te th ti "
    b"to tr ts tt tu ty ue ug ui ul um un up ur us ut va ve vi wa we wh wi wo ye yo ys ze zi".split()
)
_WORDLIKE: Final = 0.62
_MIN_RANDOM: Final = 12


def wordlike(value: bytes) -> bool:
    """Return whether the letters of a value read like words."""
    pairs = common = 0
    lowered = value.lower()
    for at in range(len(lowered) - 1):
        pair = lowered[at : at + 2]
        if pair.isalpha():
            pairs += 1
            common += pair in _PAIRS
    return pairs > 0 and common >= pairs * _WORDLIKE and pairs * 2 >= len(value) - 1


def random(value: bytes) -> bool:
    """Return whether a value looks drawn by a machine: long, of several kinds of characters, and no words."""
    if len(value) < _MIN_RANDOM or bits(value) < 3.0 or wordlike(value):
        return False
    kinds = (
        any(48 <= byte <= 57 for byte in value)
        + any(65 <= byte <= 90 for byte in value)
        + any(97 <= byte <= 122 for byte in value)
    )
    if kinds >= 2 and (any(48 <= byte <= 57 for byte in value) or bits(value) >= 3.8):
        return _digits(value) < len(value)
    return False


def _digits(value: bytes) -> int:
    return sum(48 <= byte <= 57 for byte in value)
