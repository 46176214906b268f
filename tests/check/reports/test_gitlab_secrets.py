import json

import samples
from validation import complaints

from wardline.check.reports.gitlab_secrets import render


def test_it_is_a_valid_report_of_its_type():
    for report in (samples.report(), samples.hostile(), samples.nothing_examined()):
        assert complaints("gitlab-secret-detection-15.2.1.json", render(report, samples.subject())) == []


def test_it_holds_the_findings_of_its_practice_and_counts_the_others():
    document = json.loads(render(samples.report(), samples.subject()))
    own = [one for one in samples.findings() if one.practice == "exposure"]
    assert document["scan"]["type"] == "secret_detection"
    assert len(document["vulnerabilities"]) == len(own)
    said = document["scan"]["messages"][-1]["value"]
    assert said == f"{len(samples.findings()) - len(own)} findings of other practices, in their own reports."
