"""What a report format is given beside the report itself."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from wardline.findings.inventory import Inventory


class Rule(NamedTuple):
    """A rule's documentation, for formats that list rules and for `wardline explain`: Markdown in `help`."""

    id: str
    title: str
    help: str


class Subject(NamedTuple):
    """What was examined, by which tool, when; and what it is made of, for the formats that list components."""

    name: str  # the examined folder's or repository's name, printable
    at: datetime  # aware, UTC
    tool_version: str
    revision: str | None = None  # the commit, where known
    mode: str = "tree"  # "tree", "diff", "staged" or "history"
    inventory: Inventory | None = None
    rules: Mapping[str, Rule] = MappingProxyType({})
    colour: bool = False  # for text on a terminal
    width: int = 80  # columns, for text on a terminal
    seconds: float | None = None  # how long the check took
    serial_number: str | None = None  # a UUID for the SBOM; derived from its contents where none is given
