"""Checkov's JSON (`checkov -o json`), of one framework or of several.

Failed checks are findings about a setting: of infrastructure, pipelines and images; those of the `secrets` framework
are about credentials, and their code block is not kept; those of `sca_package` are about the package. Severity is what
Checkov's platform says; without an account it says nothing, and medium is taken. Skipped checks are suppressed with
their comment. Files that could not be parsed are gaps. Identity: the rule, the resource's address, and the folder that
declares it.

Source: Checkov documentation, "Reviewing scan results", "Suppressing and skipping policies".
"""

from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said
from wardline.findings.importers.json_stream import elements, headers
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding, Gap, Severity

NAME = "checkov"
TITLE = "Checkov's JSON"
KIND = "json"
PRACTICE = "pipeline"
SIGNS = [
    ["check_type", "results"],
    ["[].check_type", "[].results"],
    ["passed", "failed", "checkov_version"],
    ["results.failed_checks"],
]

_BASES: Final = ((), ("[]",))
_KINDS: Final = ("failed_checks", "skipped_checks", "parsing_errors")
_UNRATED: Final[Severity] = "medium"


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each check that failed or was skipped, a gap for each file that was not parsed."""
    kinds = headers(source, _BASES, ["check_type"])
    for path, value in elements(source, *((*base, "results", kind, "[]") for base in _BASES for kind in _KINDS)):
        framework = words.text(kinds.get(path[:-3], {}).get("check_type"))
        if path[-2] == "parsing_errors":
            scope = words.relative(value, source.root).lstrip("/")
            yield Gap("pipeline", scope, "Checkov could not parse it", "repair the file, and run Checkov again")
        elif not words.text(words.at(value, "check_id")):
            source.trouble("a check without an id", ".".join(map(str, path)))
        else:
            found = _finding(source, value, framework)
            if path[-2] == "skipped_checks":
                reason = words.text(words.at(value, "check_result", "suppress_comment"))
                found = found._replace(suppression=building.suppression(NAME, reason))
            yield found


def _finding(source: Source, check: dict[str, Any], framework: str) -> Finding:
    lines = check.get("file_line_range")
    where = words.relative(check.get("file_path"), source.root).lstrip("/")
    place = Place(
        words.place(where, "", words.text(check.get("resource"), words.MAX_PATH)),
        words.line(words.at(lines, 0)),
        words.line(words.at(lines, 1)),
    )
    rated = words.severity(check.get("severity"))
    guideline = words.text(check.get("guideline"), 300)
    title = words.first(check.get("check_name"), check.get("check_id"), max_chars=words.MAX_TITLE)
    said = Said(
        tool=NAME,
        rule=words.text(check.get("check_id")),
        title=title,
        message=words.sentences([title, words.text(check.get("description"), 900), guideline]),
        severity=rated if rated != "unknown" else _UNRATED,
        confidence="high",
    )
    if framework == "secrets":
        return building.credential(said, place)
    details = check.get("vulnerability_details")
    about = building.package(
        "unknown", words.at(details, "package_name"), words.at(details, "package_version"), words.at(details, "purl")
    )
    if about is not None:
        ids = words.identifiers(words.at(details, "id"))
        vector = words.text(words.at(details, "vector"), 200)
        fixed = building.upgrade(about, words.at(details, "lowest_fixed_version"))
        summary = words.text(words.at(details, "description"), words.MAX_TITLE)
        said = said._replace(title=summary or title, message="", vector=vector, fix=fixed)
        return building.dependency(said, about, ids, place)
    resource = words.first(check.get("resource_address"), check.get("resource"))
    return building.configuration(said, place, resource="" if resource.strip("/.") == where.strip("/.") else resource)
