"""What `wardline init` wants in a repository, and how that stands to what is there."""

from dataclasses import dataclass
from typing import Literal

Forge = Literal["github", "gitlab"]

# new: not there, is made · extend: there, and our entry is added to it · same: there as wanted · edited: there, and
# changed since, which is the repository's right · differs: there without what is wanted, so left, and the addition is
# shown · refused: not written, since it is a link or no regular file
Exists = Literal["new", "extend", "same", "edited", "differs", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the templates are filled with: the forges, the requirement that installs Wardline, the practices to run.

    `only` is empty where all practices run.
    """

    forges: tuple[Forge, ...]
    requirement: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One file: what it is to hold, what it is for, and how that stands to what is there.

    `before` is what the file holds now, None where there is none. `diff` shows what is missing where the file is left
    as it is; `reason` says why a file is refused.
    """

    path: str
    content: bytes
    why: str
    exists: Exists
    before: bytes | None = None
    diff: str = ""
    reason: str = ""

    @property
    def written(self) -> bool:
        """Return whether this file is to be written."""
        return self.exists in {"new", "extend"}
