"""What the compiler of an index and its reader agree on: the rows of its parts. Light to import."""

import struct
from pathlib import Path
from typing import Final

import orjson

from wardline.check.dependencies.advisories.core import Core
from wardline.check.dependencies.advisories.mapped import DamagedError
from wardline.check.dependencies.advisories.sources import Part
from wardline.kernel.text import printable

KIND: Final = "advisories 1"
POSTING: Final = struct.Struct("=QI")  # a member's offset, its record's number
NUMBER: Final = struct.Struct("=I")


def shown(part: Part, source: Path) -> str:
    """Return a part's name within its source, fit to show."""
    return printable(str(part.path.relative_to(source)) if part.path.is_relative_to(source) else part.path.name)


def identity(part: Part, source: Path) -> dict[str, str | None]:
    """Return what says that a section is of this part as it is now."""
    return {"kind": part.kind, "name": shown(part, source), "ecosystem": part.ecosystem, "stamp": part.stamp}


def read_core(blob: bytes) -> tuple[Core, int]:
    """Return a record's core, and how many members follow it."""
    try:
        *row, members = orjson.loads(blob)
        row[4], row[8] = tuple(row[4]), tuple(row[8])
        return Core(*row), members
    except (ValueError, TypeError, LookupError) as error:
        raise DamagedError("a record of the index is not what was written") from error
