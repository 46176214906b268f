"""GitLab's secret detection report: `gl-secret-detection-report.json`, with the findings of exposure.

The `artifacts:reports:` entry is `secret_detection`. See `gitlab` for what all of GitLab's reports promise.
"""

from wardline.check.reports.gitlab import security_report
from wardline.check.reports.model import Subject
from wardline.findings.report import Report

FORMAT = "gitlab-secrets"
TITLE = "GitLab secret detection report"
MEDIA_TYPE = "application/json"
SUFFIX = ".json"


def render(report: Report, subject: Subject) -> bytes:
    """Return GitLab's secret detection report."""
    return security_report("secret_detection", lambda practice: practice == "exposure", report, subject)
