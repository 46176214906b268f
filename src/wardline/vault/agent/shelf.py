"""What stands behind the Vault-shaped face: a shelf of versioned values.

Two are there: `memory.MemoryShelf` (what `agent --dev` keeps) and `opened.OpenedShelf` (what a real agent opened).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

from wardline.kernel.errors import Kind, WardlineError

Change = Literal["delete", "undelete", "destroy"]


class ShelfError(WardlineError):
    """The shelf does not do what was asked: `status` is what an HTTP face says."""

    kind: ClassVar[Kind] = "asked wrongly"
    code: ClassVar[str] = "shelf"
    status: ClassVar[int] = 400


class CasError(ShelfError):
    """The version that a writer expected is not the one that stands, or none was said where one is required."""

    code = "cas"


class RefusedByDesignError(ShelfError):
    """A shelf like this never does that, whoever asks."""

    status = 403
    code = "refused-by-design"


class NotNowError(ShelfError):
    """The answer would be right at another time: nothing fresh is known now."""

    kind = "unavailable"
    status = 503
    code = "not-now"


class Version(NamedTuple):
    """One version, without its value. Times are seconds since the epoch; `deleted` 0 is not deleted."""

    number: int
    created: float
    deleted: float = 0.0
    destroyed: bool = False
    custom: Mapping[str, str] | None = None

    def readable(self, now: float) -> bool:
        """Tell whether its value may be read now: a deletion may lie ahead."""
        return not self.destroyed and not (self.deleted and self.deleted <= now)


class Reading(NamedTuple):
    """A version and its value; None where it was deleted or destroyed."""

    version: Version
    fields: Mapping[str, Any] | None


class Rules(NamedTuple):
    """How a secret, or a whole mount, is kept. `max_versions` 0 is the mount's, and there 10."""

    max_versions: int = 0
    cas_required: bool = False
    delete_after_seconds: float = 0.0


class Metadata(NamedTuple):
    """What is known about a secret besides its values."""

    versions: Sequence[Version]
    current: int
    created: float
    updated: float
    rules: Rules
    custom: Mapping[str, str] | None = None

    @property
    def oldest(self) -> int:
        """Return the first number that is still kept; 0 while none was ever dropped."""
        return self.versions[0].number if self.versions and self.versions[0].number > 1 else 0


class Shelf(Protocol):
    """Versioned values by path. Every method may raise `ShelfError`; none blocks for long but `write` and `patch`."""

    def list(self, prefix: str) -> list[str]:
        """Return what stands directly below a folder ("" or `a/`), folders with a slash at their end, sorted."""

    def read(self, path: str, number: int = 0) -> Reading | None:
        """Return one version (0: the current one), or None where there is none."""

    def metadata(self, path: str) -> Metadata | None:
        """Return what is known about a secret, or None where there is none."""

    def write(self, path: str, fields: Mapping[str, Any], *, expected: int | None = None) -> Version:
        """Keep a new version and return it; `expected` is the number that stands before (0: none)."""

    def mark(self, path: str, numbers: Sequence[int], change: Change) -> None:
        """Delete, bring back or destroy versions; numbers that are not there are passed over."""

    def describe(self, path: str, changes: Mapping[str, Any]) -> None:
        """Change a secret's rules (names of `Rules`) and its custom metadata (`custom`); makes it where it is not."""

    def forget(self, path: str) -> None:
        """Drop a secret with all its versions."""

    def rules(self) -> Rules:
        """Return the rules of the whole shelf."""

    def govern(self, changes: Mapping[str, Any]) -> None:
        """Change the rules of the whole shelf."""
