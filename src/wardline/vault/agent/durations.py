"""Durations as Vault's API writes and reads them: whole seconds, or Go's notation with days (`1h30m`, `2d`).

Source: Go `time.ParseDuration`, and Vault's API documentation, "Parameters", for the unit `d`.
"""

import re
from typing import Any, Final

_PIECE: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(ns|us|µs|μs|ms|s|m|h|d)")
_SECONDS: Final = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
_MOST_SECONDS: Final = 100 * 365 * 86400
_LONGEST: Final = 64


def seconds(value: Any) -> float:
    """Return how many seconds `value` says: a number, digits, or Go's notation. Empty text is 0.

    Raises: `ValueError` for what is no duration, or is longer than a hundred years.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError(f'time: invalid duration "{value}"')
    if isinstance(value, int | float):
        return _bounded(float(value), value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("time: invalid duration")
    text = value.strip()
    if not text:
        return 0.0
    sign = -1.0 if text[0] == "-" else 1.0
    unsigned = text[1:] if text[0] in "+-" else text
    if unsigned.isascii() and unsigned.isdigit():
        return _bounded(sign * int(unsigned), value)
    total, at = 0.0, 0
    while at < len(unsigned):
        piece = _PIECE.match(unsigned, at)
        if piece is None:
            raise ValueError(f'time: invalid duration "{value}"')
        total += float(piece[1]) * _SECONDS[piece[2]]
        at = piece.end()
    if not at:
        raise ValueError(f'time: invalid duration "{value}"')
    return _bounded(sign * total, value)


def written(length_seconds: float) -> str:
    """Return a duration in Go's notation: `0s`, `1h30m0s`, `1.5s`."""
    if not length_seconds:
        return "0s"
    sign, left = ("-" if length_seconds < 0 else ""), abs(length_seconds)
    hours, left = divmod(left, 3600)
    minutes, left = divmod(left, 60)
    text = f"{left:.9f}".rstrip("0").rstrip(".") + "s"
    if hours:
        text = f"{int(hours)}h{int(minutes)}m{text}"
    elif minutes:
        text = f"{int(minutes)}m{text}"
    return sign + text


def _bounded(found: float, said: Any) -> float:
    if not -_MOST_SECONDS <= found <= _MOST_SECONDS:  # NaN compares with nothing
        raise ValueError(f'time: invalid duration "{said}"')
    return found
