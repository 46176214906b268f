"""The bundled example service: what `wardline up` looks at when it is given nothing to look at."""

from pathlib import Path
from typing import NamedTuple

from wardline.kernel.errors import AskedWronglyError


class Example(NamedTuple):
    """A small web service with real faults, and a handful of advisories that know some of them."""

    repository: Path
    advisories: Path
    kev: Path


def example() -> Example:
    """Return where the example is: beside the code in a checkout, inside the package where it is installed.

    Raises: `AskedWronglyError` where this installation has none.
    """
    here = Path(__file__).parent
    for folder in (here / "examples", here.parents[2] / "examples"):
        found = Example(
            folder / "orders", folder / "advisories", folder / "advisories" / "known_exploited_vulnerabilities.json"
        )
        if found.repository.is_dir() and found.advisories.is_dir():
            return found
    raise AskedWronglyError("this installation has no example service", hint="name a repository: wardline up PATH")
