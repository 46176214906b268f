"""R packages: numbers separated by `.` or `-`; where one ends, the shorter comes first (`1.0 < 1.0.0`).

Source: R's `numeric_version` and `compareVersion`, "Writing R Extensions" §1.1.1.
"""

import re
from typing import Final

from wardline.check.dependencies.schemes._parts import Numbers, unreadable

ID: Final = "cran"
TITLE: Final = "R packages"
ECOSYSTEMS: Final = ("CRAN", "Bioconductor")

_VERSION: Final = re.compile(r"[0-9]+(?:[.-][0-9]+)*")
_NUMBER: Final = re.compile(r"[0-9]+")


def key(version: str) -> Numbers:
    """Return the version's numbers."""
    text = version.strip()
    if not _VERSION.fullmatch(text):
        raise unreadable(version, "R")
    return tuple(map(int, _NUMBER.findall(text)))


def prerelease(version: str) -> bool:
    """Return False: R's versions know no pre-releases."""
    key(version)
    return False


def major(version: str) -> str:
    """Return the first number."""
    return str(key(version)[0])
