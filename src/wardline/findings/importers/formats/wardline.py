"""Wardline's own report: the document of `wardline check --format json`, schema 1, without loss.

Findings, suppressed findings, gaps, coverage and notes come back as they were written, under the fingerprints that they
had. What has another shape than the schema is left out and counted as a gap. The verdict is worked out anew.
"""

from collections.abc import Iterator
from typing import Any, get_args

from wardline.findings.importers import words
from wardline.findings.importers.json_stream import elements, known
from wardline.findings.importers.model import Account, DamagedReportError, Note, Told
from wardline.findings.importers.source import Source
from wardline.findings.report import SCHEMA, Coverage, Finding, Gap, Practice, finding_from_dict
from wardline.kernel.text import printable

NAME = "wardline"
TITLE = "Wardline's own JSON, as check writes it"
KIND = "json"
PRACTICE = "other"
SIGNS = [["schema", "verdict", "findings"], ["schema", "fail_on", "findings"]]
_MAX_TEXT = 100_000  # more than check ever writes of one thing
OWN = True  # its fingerprints and accounts stand as they are


def read(source: Source) -> Iterator[Told]:
    """Yield all that the report says."""
    found = False
    wanted = [(name, "[]") for name in ("findings", "suppressed", "gaps", "notes")]
    for path, value in elements(source, ("schema",), *wanted, ("coverage", "*")):
        match path[0]:
            case "schema":
                if value != SCHEMA:
                    shown = words.text(value, 20) or "of another kind"
                    raise DamagedReportError(f"schema {shown}, and not {SCHEMA}", hint="upgrade this Wardline")
            case "notes":
                yield Note(words.text(value, words.MAX_MESSAGE))
            case _:
                told = _made(str(path[0]), str(path[1]), value)
                if told is None:
                    source.trouble(f"one of the {path[0]} is not as the schema says", ".".join(map(str, path)))
                else:
                    found = found or path[0] == "findings"
                    yield told
    if not found and not any(isinstance(value, list) for _, value in known(source, ("findings",))):
        source.trouble("it has no list of findings, not even an empty one", "findings")


def _made(kind: str, name: str, value: Any) -> Told | None:
    try:
        match kind:
            case "gaps":
                return _gap(value)
            case "coverage":
                return _account(name, value)
            case _:
                return _plain(finding_from_dict(value))
    except (KeyError, TypeError, ValueError):
        return None


def _gap(value: dict[str, Any]) -> Gap:
    practice, scope, reason, remedy, units = (value[name] for name in Gap._fields)
    if not all(isinstance(said, str) for said in (scope, reason, remedy)):
        raise TypeError
    if practice not in get_args(Practice) or type(units) is not int or not 0 < units < 2**31:
        raise ValueError
    return Gap(practice, scope, reason, remedy, units)


def _account(name: str, value: dict[str, Any]) -> Account:
    practice = next((one for one in get_args(Practice) if one == name), None)
    if practice is None:
        raise ValueError
    counts = {field: value[field] for field in Coverage._fields if field != "data_date"}
    dated = value["data_date"]
    if not all(type(count) is int and count < 2**53 for count in counts.values()) or not isinstance(dated, str | None):
        raise TypeError
    return Account(practice, Coverage(**counts, data_date=printable(dated) if dated else None))


def _plain(finding: Finding) -> Finding:
    """Return a finding whose texts are printable: those that `check` wrote are, and come back unchanged."""
    return finding._replace(**{name: _printable(value) for name, value in zip(finding._fields, finding, strict=True)})


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value, max_chars=_MAX_TEXT)
    if isinstance(value, tuple):
        parts = map(_printable, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value
