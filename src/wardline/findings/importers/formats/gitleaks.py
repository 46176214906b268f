"""gitleaks' JSON (`gitleaks … --report-format json`), version 8, and the reports of version 7.

Each leak is a finding about a credential, of high severity: gitleaks rates none, and what it finds works until somebody
proves otherwise. The values (`Secret`, `Match`, `Line`) are not kept, nor is anything made from them; all that is taken
from the matched text is the name that the value is given. An author's name and address are not taken either. Identity:
the rule, the path and that name.

Source: gitleaks, `report/finding.go` (8.x) and README (7.x).
"""

from collections.abc import Iterator
from typing import Any

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said
from wardline.findings.importers.json_stream import objects
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source

NAME = "gitleaks"
TITLE = "gitleaks' JSON"
KIND = "json"
PRACTICE = "exposure"
SIGNS = [["[].RuleID", "[].Secret"], ["[].RuleID", "[].StartLine", "[].File"], ["[].offender", "[].rule"]]


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each leak."""
    for number, leak in enumerate(objects(source)):
        rule = words.first(words.at(leak, "RuleID"), words.at(leak, "rule"))
        if not rule:
            source.trouble("a leak without a rule", f"number {number + 1}")
            continue
        place = Place(
            words.place(words.at(leak, "File") or words.at(leak, "file"), source.root),
            words.line(words.at(leak, "StartLine") or words.at(leak, "lineNumber")),
            words.line(words.at(leak, "EndLine")),
            words.line(words.at(leak, "StartColumn")),
        )
        found = building.credential(_said(leak, rule), place, name=_name(leak))
        yield found._replace(message=f"{found.message}{_commit(leak)}")


def _said(leak: Any, rule: str) -> Said:
    title = words.first(words.at(leak, "Description"), rule, max_chars=words.MAX_TITLE)
    return Said(tool=NAME, rule=rule, title=title, message=words.sentences([title]), severity="high", cwe=("CWE-798",))


def _commit(leak: Any) -> str:
    """Return which commit it came with; whatever is not hexadecimal is no commit, and not shown."""
    commit = words.text(words.at(leak, "Commit") or words.at(leak, "commit"), 64)
    return f" It came with commit {commit[:12]}." if commit and set(commit) <= set("0123456789abcdef") else ""


def _name(leak: Any) -> str:
    value = words.at(leak, "Secret") or words.at(leak, "offender")
    return building.name_before(value, words.at(leak, "Match") or words.at(leak, "line"))
