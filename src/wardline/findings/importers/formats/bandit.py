"""Bandit's JSON (`bandit -f json`).

Severity and confidence are Bandit's words (undefined is unknown, and low). Identity: the line itself, out of the few
that Bandit quotes around it. Rules about passwords are findings about credentials, and nothing of the line or of what
Bandit quotes is kept. A file that Bandit could not read is a gap.

Source: Bandit, `bandit/formatters/json.py`.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said, Seen
from wardline.findings.importers.json_stream import elements
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Confidence, Gap

NAME = "bandit"
TITLE = "Bandit's JSON"
KIND = "json"
PRACTICE = "code"
SIGNS = [["errors", "generated_at", "metrics"], ["results[].test_id", "results[].issue_severity"]]

_CONFIDENCES: Final[dict[str, Confidence]] = {"high": "high", "medium": "medium", "low": "low", "undefined": "low"}


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each issue, a gap for each file that was not read."""
    for path, value in elements(source, ("results", "[]"), ("errors", "[]")):
        rule = words.text(words.at(value, "test_id"))
        if path[0] == "errors":
            scope = words.text(words.at(value, "filename"), words.MAX_PATH)
            reason = words.text(words.at(value, "reason"), 400) or "no reason is given"
            yield Gap("code", scope, f"Bandit did not read it: {reason}", "repair the file, and run Bandit again")
        elif not rule:
            source.trouble("an issue without a test", ".".join(map(str, path)))
        else:
            yield _finding(source, value, rule)


def _finding(source: Source, issue: dict[str, Any], rule: str) -> Told:
    line = words.line(issue.get("line_number"))
    numbers = issue.get("line_range")
    last = words.line(numbers[-1]) if isinstance(numbers, list) and numbers else line
    column = issue.get("col_offset")
    place = Place(
        words.place(issue.get("filename"), source.root),
        line,
        last,
        column + 1 if type(column) is int and 0 <= column < 100_000 else None,
    )
    named = words.text(issue.get("test_name"))
    message = words.text(issue.get("issue_text"), words.MAX_MESSAGE)
    said = Said(
        tool=NAME,
        rule=rule,
        title=message[: words.MAX_TITLE] or named,
        message=message,
        severity=words.severity(issue.get("issue_severity")),
        confidence=_CONFIDENCES.get(words.text(issue.get("issue_confidence")).lower(), "medium"),
        cwe=words.cwes(words.at(issue, "issue_cwe", "id")),
    )
    if building.is_credential(said):
        quiet = named.replace("_", " ")
        said = said._replace(title=quiet, message=f"{quiet}: a value stands here in plain text")
    own, before, after = (_line(issue.get("code"), number) for number in (line, (line or 0) - 1, (line or 0) + 1))
    return building.code(said, place, Seen(snippet=own, before=before, after=after))


def _line(quoted: Any, line: int | None) -> str:
    """Return the line of that number from lines that are each written after their number."""
    if not isinstance(quoted, str) or line is None:
        return ""
    found = re.search(rf"^{line} (.*)$", quoted[:20_000], re.MULTILINE)
    return found[1] if found else ""
