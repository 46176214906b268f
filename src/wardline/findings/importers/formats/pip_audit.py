"""pip-audit's JSON (`pip-audit --format json`), of versions before and after 2.0.

Each vulnerability of a dependency is a finding under its canonical id. pip-audit gives no severity: it is unknown, and
unknown is never a pass; another source of the same vulnerability decides. A dependency that pip-audit skipped is a gap
with its reason: pip-audit itself ends with "No known vulnerabilities found" then.

Source: pip-audit's README, "JSON format".
"""

from collections.abc import Iterator
from typing import Any

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said
from wardline.findings.importers.json_stream import elements
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Gap

NAME = "pip-audit"
TITLE = "pip-audit's JSON"
KIND = "json"
PRACTICE = "dependencies"
SIGNS = [
    ["dependencies", "dependencies[].vulns"],
    ["dependencies", "dependencies[].skip_reason"],
    ["dependencies", "fixes"],
    ["[].name", "[].version", "[].vulns"],
]


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each vulnerability, and a gap for each dependency that was skipped."""
    for _, value in elements(source, ("dependencies", "[]"), ("[]",)):
        name = words.text(words.at(value, "name"))
        if not name:
            source.trouble("a dependency without a name", "dependencies")
            continue
        if reason := words.text(words.at(value, "skip_reason"), words.MAX_MESSAGE):
            yield Gap("dependencies", name, f"pip-audit skipped it: {reason}", "pin it, or examine it another way")
        for found in words.objects(value, "vulns"):
            yield from _finding(source, value, found)


def _finding(source: Source, dependency: dict[str, Any], found: dict[str, Any]) -> Iterator[Told]:
    about = building.package("PyPI", dependency.get("name"), dependency.get("version"))
    ids = words.identifiers(found.get("id"), found.get("aliases"))
    if about is None or not ids:
        source.trouble("a vulnerability without an id", words.text(dependency.get("name")))
        return
    title = words.text(found.get("description"), words.MAX_TITLE)
    said = Said(
        tool=NAME,
        rule=ids[0],
        title=title,
        message="",
        severity="unknown",
        fix=building.upgrade(about, *words.texts(found.get("fix_versions"))),
    )
    yield building.dependency(said, about, ids, Place(words.place(None, source.root, about.purl)))
