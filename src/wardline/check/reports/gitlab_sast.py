"""GitLab's static analysis report: `gl-sast-report.json`, with the findings that the other reports lack.

Those are code's, the pipeline's and the policy's. The `artifacts:reports:` entry is `sast`. See `gitlab`
for what all of GitLab's reports promise.
"""

from wardline.check.reports.gitlab import security_report
from wardline.check.reports.model import Subject
from wardline.findings.report import Report

FORMAT = "gitlab-sast"
TITLE = "GitLab static analysis report"
MEDIA_TYPE = "application/json"
SUFFIX = ".json"


def render(report: Report, subject: Subject) -> bytes:
    """Return GitLab's static analysis report."""
    return security_report("sast", lambda practice: practice not in {"dependencies", "exposure"}, report, subject)
