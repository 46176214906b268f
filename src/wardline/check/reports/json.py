"""The whole report as a document for machines.

`schema`, `verdict`, `findings`, `gaps` and `coverage`: every key always present, nothing shortened. `location` stands
where `file` is null. Findings are ordered by urgency, so the document is the same for the same result.

Beyond these the document has `fail_on`, `suppressed` (findings that do not count, each with its reason) and `notes`.
Keys may be added; none will change its meaning under `"schema": 1`.
"""

from wardline.check.reports.model import Subject
from wardline.check.reports.writing import json_bytes
from wardline.findings.report import Report, most_urgent_first

FORMAT = "json"
TITLE = "JSON, the whole report"
MEDIA_TYPE = "application/json"
SUFFIX = ".json"


def render(report: Report, subject: Subject) -> bytes:
    """Return the `check --format json` document, schema 1."""
    del subject
    ordered = report._replace(
        findings=most_urgent_first(report.findings), suppressed=most_urgent_first(report.suppressed)
    )
    return json_bytes(ordered.to_dict())
