"""A list of findings as JSON: of a tool that nothing else here reads, or written by hand.

An array of objects, an object with a `findings`, `issues`, `results` or `vulnerabilities` array, or one object a line.
The keys are those of the format `csv`, in any spelling (`cweId`, `cwe_id`), and mean the same.
"""

from collections.abc import Iterator
from typing import Final

from wardline.findings.importers.generic import finding
from wardline.findings.importers.json_stream import elements, objects
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source

NAME = "json"
TITLE = "A list of findings as JSON"
KIND = "json"
PRACTICE = "other"
SIGNS = [
    ["title", "severity"],
    ["[].title"],
    ["[].severity"],
    ["findings[].title"],
    ["findings[].severity"],
    ["issues[].title"],
    ["issues[].severity"],
    ["results[].title"],
    ["vulnerabilities[].title"],
]

_LISTS: Final = ("findings", "issues", "results", "vulnerabilities")


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each object."""
    with source.open() as file:
        head = file.peek(64 * 1024)
    listed = head.lstrip()[:1] == b"{" and any(f'"{name}"'.encode() in head for name in _LISTS)
    found = (value for _, value in elements(source, *((name, "[]") for name in _LISTS))) if listed else objects(source)
    for number, value in enumerate(found):
        one = finding(source, value)
        if one is None:
            source.trouble("an object without a title", f"number {number + 1:,}")
        else:
            yield one
