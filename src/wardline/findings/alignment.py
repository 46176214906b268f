"""Which things of one sequence are which of another, where both keep their order: what stays between, as a diff does.

Needleman and Wunsch's alignment (1970) of what is flagged in two states of one file. A pair counts only where every
alignment that does without it is worse by a margin: what could be one or the other is not guessed.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Final

NEAR: Final = 40  # lines from a place that is known: so far a distance says where something is
GAP: Final = 12  # lines between two known places: whatever is in so small a gap is in one place


class Anchors:
    """Lines of a file that are known in both of its states; those that changed their order are left out."""

    def __init__(self, known: Iterable[tuple[int, int]]) -> None:
        """Take pairs of lines, the old one first."""
        kept = _rising(sorted(set(known)))
        self._old: Final = [old for old, _ in kept]
        self._new: Final = [new for _, new in kept]

    def gap(self, *, old: int | None = None, new: int | None = None) -> int:
        """Return between which two known lines a line stands: the number of those before it."""
        return bisect_left(self._old, old) if old is not None else bisect_left(self._new, new or 0)

    def agree(self, old: int, new: int) -> bool:
        """Return whether the known lines around say that the one line is where the other was."""
        gap = self.gap(old=old)
        if gap != self.gap(new=new):
            return False
        above = (old - self._old[gap - 1], new - self._new[gap - 1]) if gap else (old, new)
        last = gap == len(self._old)
        below = None if last else (self._old[gap] - old, self._new[gap] - new)
        if above[0] == above[1] <= NEAR or (below is not None and below[0] == below[1] <= NEAR):
            return True
        return below is not None and max(above[0] + below[0], above[1] + below[1]) <= GAP


def certain(
    rows: int, columns: int, score: Callable[[int, int], float], *, margin: float
) -> list[tuple[int, int, float]]:
    """Return the pairs of a row and a column that every alignment by more than `margin` less than the best misses.

    `score` is above 0 where the two may be one. Takes rows times columns in time and room.
    """
    scores = [[score(row, column) for column in range(columns)] for row in range(rows)]
    ahead = _totals(scores, rows, columns)
    behind = _totals([line[::-1] for line in scores[::-1]], rows, columns)

    def after(row: int, column: int) -> float:
        return behind[rows - row][columns - column]

    best = ahead[rows][columns]
    through = [
        [
            ahead[row][column] + scores[row][column] + after(row + 1, column + 1) if scores[row][column] > 0 else -1.0
            for column in range(columns)
        ]
        for row in range(rows)
    ]
    most_of_row = [_two(line) for line in through]
    most_of_column = [_two([line[column] for line in through]) for column in range(columns)]
    found = []
    for row in range(rows):
        here, second = most_of_row[row]
        if here < best - 1e-9 or here < 0 or here - second < margin:
            continue
        column = through[row].index(here)
        if most_of_column[column][0] == here and here - most_of_column[column][1] >= margin:
            found.append((row, column, scores[row][column]))
    return found


def _two(values: Sequence[float]) -> tuple[float, float]:
    """Return the two largest values."""
    first, second, *_ = (*sorted(values, reverse=True)[:2], -1.0, -1.0)
    return first, second


def _totals(scores: Sequence[Sequence[float]], rows: int, columns: int) -> list[list[float]]:
    """Return the best total of the first so many rows and columns."""
    totals = [[0.0] * (columns + 1)]
    for row in range(rows):
        line, above = [0.0], totals[-1]
        for column in range(columns):
            line.append(max(line[-1], above[column + 1], above[column] + max(0.0, scores[row][column])))
        totals.append(line)
    return totals


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of pairs, in the order of the first, that rises in the second as well."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for number, (_, value) in enumerate(pairs):
        place = bisect_left(ends, value)
        before.append(last[place - 1] if place else None)
        ends[place : place + 1] = [value]
        last[place : place + 1] = [number]
    kept: list[tuple[int, int]] = []
    step = last[-1] if last else None
    while step is not None:
        kept.append(pairs[step])
        step = before[step]
    return kept[::-1]
