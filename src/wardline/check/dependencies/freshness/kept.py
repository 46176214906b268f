"""What registries said, kept in the user's cache: one file per registry, so that a second run asks nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from wardline.check.dependencies.freshness.model import Known, Release
from wardline.kernel import cache

FRESH_SECONDS: Final = 6 * 3600
KEPT_SECONDS: Final = 30 * 24 * 3600
_FORMAT: Final = 1


@dataclass(slots=True)
class Kept:
    """The answers of one registry about packages, each with the time it was given; written back by `save`.

    What is older than six hours is not fresh; without a network it still counts, for thirty days.
    """

    place: str
    now: int
    any_age: bool = False
    _rows: dict[str, list[Any]] = field(default_factory=dict)
    _changed: bool = False

    def load(self) -> "Kept":
        """Read what is kept; what cannot be read is as good as nothing."""
        import orjson

        content = cache.load(self._key())
        try:
            rows = orjson.loads(content) if content else {}
        except orjson.JSONDecodeError:
            rows = {}
        self._rows = dict(self._living(rows)) if isinstance(rows, dict) else {}
        return self

    def _living(self, rows: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
        for name, row in rows.items():
            whole = isinstance(row, list) and len(row) == 4 and isinstance(row[0], int)
            if whole and 0 <= self.now - row[0] <= KEPT_SECONDS:
                yield name, row

    def known(self, name: str) -> Known | None:
        """Return what the registry said of a package, None where that is not known or too old."""
        row = self._fresh(name)
        return Known([Release(*release) for release in row[2]], row[1]) if row else None

    def date(self, name: str, version: str) -> int | None:
        """Return the time of one version that was asked for apart, None where it was not."""
        row = self._fresh(name)
        return row[3].get(version) if row else None

    def _fresh(self, name: str) -> list[Any] | None:
        row = self._rows.get(name)
        old = row is not None and self.now - row[0] > FRESH_SECONDS
        return None if row is None or (old and not self.any_age) else row

    def oldest(self) -> int:
        """Return the time of the oldest answer that is kept, now where there is none."""
        return min((row[0] for row in self._rows.values()), default=self.now)

    def keep(self, name: str, known: Known) -> None:
        """Remember an answer."""
        self._rows[name] = [self.now, known.doubt, [tuple(release) for release in known.releases], {}]
        self._changed = True

    def keep_date(self, name: str, version: str, date: int) -> None:
        """Remember the time of one version of a package whose answer is kept."""
        self._rows[name][3][version] = date
        self._changed = True

    def save(self) -> None:
        """Write what was learnt; where that is not possible the registry is asked again next time."""
        import orjson

        if self._changed:
            cache.store(self._key(), orjson.dumps(self._rows))

    def _key(self) -> str:
        return cache.key("freshness", _FORMAT, sha256(self.place.encode("utf-8", "surrogatepass")).hexdigest())
