"""A table of findings as CSV: from a spreadsheet, a pentest, or a tool that nothing else here reads.

The first row names the columns; commas, semicolons, tabs or bars separate them; UTF-8 or UTF-16 with its mark. Read
are, under the names that people use for them: title (required, or description), severity, description, file, line, url,
method, parameter, resource, rule, cwe, confidence, tool, package, version, ecosystem, purl, advisory, fix (a version or
a text), status. What is rated by a CVSS score is in its band. A row with an advisory and a package is about the
dependency, one with a URL about the service, one with a file and line about the code, one with a resource about a
setting.

Rows whose status says that they are closed, fixed, mitigated, or no finding (a false positive, a duplicate) are
suppressed, and say so. A row without a title and a description is counted as not read.
"""

from collections.abc import Iterator

from wardline.findings.importers.generic import finding
from wardline.findings.importers.model import Told
from wardline.findings.importers.rows import rows
from wardline.findings.importers.source import Source

NAME = "csv"
TITLE = "A table of findings as CSV"
KIND = "csv"
PRACTICE = "other"
SIGNS = [
    ["column:title", "column:severity"],
    ["column:title", "column:risk"],
    ["column:name", "column:severity"],
    ["column:name", "column:risk"],
    ["column:summary", "column:severity"],
    ["column:title", "column:description"],
    ["column:finding", "column:severity"],
    ["column:vulnerability", "column:severity"],
    ["column:issue", "column:severity"],
    ["column:rule", "column:severity"],
]


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each row."""
    for number, row in rows(source):
        found = finding(source, row)
        if found is None:
            source.trouble("a row without a title", f"line {number:,}")
        else:
            yield found
