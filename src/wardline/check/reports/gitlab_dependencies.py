"""GitLab's dependency scanning report: `gl-dependency-scanning-report.json`, with the findings of dependencies.

The `artifacts:reports:` entry is `dependency_scanning`. See `gitlab` for what all of GitLab's reports promise.
"""

from wardline.check.reports.gitlab import security_report
from wardline.check.reports.model import Subject
from wardline.findings.report import Report

FORMAT = "gitlab-dependencies"
TITLE = "GitLab dependency scanning report"
MEDIA_TYPE = "application/json"
SUFFIX = ".json"


def render(report: Report, subject: Subject) -> bytes:
    """Return GitLab's dependency scanning report."""
    return security_report("dependency_scanning", lambda practice: practice == "dependencies", report, subject)
