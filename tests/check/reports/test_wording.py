import pytest
import samples

from wardline.check.reports.actions import to_do
from wardline.check.reports.wording import counted, examined, headline, stamp, threshold, urgency, why
from wardline.findings.report import Coverage, Report


def first(*findings):
    return to_do(Report(findings=findings))[0]


def test_numbers_agree_with_their_nouns():
    assert counted(1, "finding") == "1 finding"
    assert counted(0, "finding") == "0 findings"
    assert counted(12345, "vulnerability", "vulnerabilities") == "12,345 vulnerabilities"


def test_the_headline_gives_the_verdicts_reasons():
    assert headline(samples.report()) == "9 findings block; 1 below the threshold; 3 not examined; 3 suppressed"
    assert headline(samples.empty_pass()) == "no findings"
    assert headline(samples.cannot_say()) == "12 not examined"
    assert headline(samples.nothing_examined()) == "nothing was in scope, so nothing was examined"
    one = Report(findings=(samples.vulnerable(),), coverage={"dependencies": Coverage(in_scope=1, examined=1)})
    assert headline(one) == "1 finding blocks"
    assert headline(one._replace(fail_on="critical")) == "1 finding, none of which blocks"


def test_the_threshold_never_lets_unknown_or_malware_through():
    assert threshold(Report(fail_on="high")) == "blocks from high upwards; unknown severity and malware always"
    assert threshold(Report(fail_on="info")) == "every finding blocks"


def test_the_account_has_everything_that_was_not_examined():
    part = Coverage(in_scope=5, examined=4, gaps=1, excluded=2, suppressed=3, data_date="2026-08-22T00:00:00Z")
    bare = samples.subject(inventory=None)
    assert examined("dependencies", part, bare) == (
        "4 packages examined against advisories of 2026-08-22; 1 not examined; 2 excluded by policy; 3 suppressed"
    )
    assert examined("code", Coverage(in_scope=1, examined=1), bare) == "1 file examined"


@pytest.mark.parametrize("date", ["\x1b[31m2026", "<b>", "", "2026-08-221"])
def test_a_date_that_is_none_is_not_shown(date):
    part = Coverage(in_scope=1, examined=1, data_date=date)
    assert examined("dependencies", part, samples.subject(inventory=None)) == "1 package examined"


def test_several_vulnerabilities_are_counted_and_one_is_named():
    one = samples.vulnerable(title="Leak")
    assert why(first(one)) == "Leak"
    several = first(
        one, samples.vulnerable(ids=("A-1",), severity="critical"), samples.vulnerable(ids=("A-2",), fixed=None)
    )
    assert why(several) == "3 vulnerabilities, worst critical, 1 without a fix yet"
    assert why(first(samples.findings()[6])) == "request.args['q'] reaches cursor.execute() without parameters."


def test_urgency_says_malware_and_exploited():
    urgent = {urgency(action) for action in to_do(samples.report())}
    assert {"malware", "critical, exploited", "unknown", "low"} <= urgent


def test_the_stamp_says_what_when_and_by_which_version():
    assert stamp(samples.subject()) == "shop, at 3f2a9c1d5e6b, 2026-08-22 14:03 UTC, Wardline 0.1.0, 0.8 s"
    bare = samples.subject(revision=None, seconds=None, mode="staged")
    assert stamp(bare) == "shop, what is staged, 2026-08-22 14:03 UTC, Wardline 0.1.0"
