import io
import json

import pytest
from tests.findings.importers.reports import (
    GRYPE_MATCH,
    OSV_GROUP,
    OSV_RECORD,
    OWN_FINDING,
    SNYK_ISSUE,
    TRIVY_VULNERABILITY,
    VULNERABILITY,
    as_bytes,
    cyclonedx,
    findings,
    gaps,
    grype,
    osv,
    pip_audit,
    result,
    sarif,
    snyk,
    told,
    trivy,
)

from wardline.findings import identity
from wardline.findings.importers import reading
from wardline.findings.importers.formats import sarif as sarif_format
from wardline.findings.importers.model import Account, Bounds, UnknownReportError
from wardline.findings.report import Coverage, Gap


def test_one_vulnerability_has_one_fingerprint_whoever_found_it():
    alias = {"id": "PYSEC-2019-217", "aliases": ["CVE-2019-10906"], "fix_versions": []}
    reports = [
        grype(GRYPE_MATCH),
        osv(OSV_RECORD, groups=[OSV_GROUP]),
        snyk(SNYK_ISSUE),
        trivy(Vulnerabilities=[TRIVY_VULNERABILITY]),
        cyclonedx(VULNERABILITY),
        pip_audit(alias),
    ]
    ours = identity.of_dependency("vulnerable-dependency", "PyPI", "Jinja2", "CVE-2019-10906")
    assert {findings(report)[0].fingerprint for report in reports} == {ours}


def test_what_ended_the_reading_is_a_gap_and_what_came_before_stands(monkeypatch):
    def read(source):
        yield from original(source)
        raise ZeroDivisionError

    original = sarif_format.read
    monkeypatch.setattr(sarif_format, "read", read)
    items = told(sarif(result()))
    assert len(items) == 3
    assert items[1].reason == "reading it as sarif ended with ZeroDivisionError"
    assert items[2] == Account("code", Coverage(in_scope=1, gaps=1))


def test_a_report_that_was_read_is_one_thing_examined_in_each_practice_it_speaks_of():
    leaked = {"RuleID": "x", "Severity": "HIGH", "Title": "a key", "StartLine": 1}
    items = told(trivy(Vulnerabilities=[TRIVY_VULNERABILITY], Secrets=[leaked]))
    accounts = [one for one in items if isinstance(one, Account)]
    assert accounts == [Account(name, Coverage(1, 1)) for name in ("dependencies", "exposure")]


def test_a_report_that_cannot_be_opened_is_a_gap():
    (gap, account) = told(b"\x1f\x8b broken")
    assert isinstance(gap, Gap)
    assert account == Account("other", Coverage(in_scope=1, gaps=1))


def test_gaps_are_bounded_and_the_rest_is_counted():
    notice = {"level": "error", "message": {"text": "cannot parse"}}
    document = sarif(result(), invocations=[{"toolExecutionNotifications": [notice] * 50}])
    found = gaps(document, bounds=reading.Bounds(max_gaps=5))
    assert len(found) == 6
    assert (found[-1].reason, found[-1].units) == ("more gaps than are listed", 45)


def test_an_unknown_format_is_an_error_and_not_a_gap():
    with pytest.raises(UnknownReportError):
        list(reading.read(io.BytesIO(as_bytes(sarif())), "pdf"))


@pytest.mark.parametrize("content", [b"[]", b"null", b"{}", b'{"results": 3}', b"[{}]"])
def test_nothing_of_a_formats_own_is_never_a_pass(content):
    assert gaps(content, "sarif")
    assert gaps(content, "wardline")
    assert bool(gaps(content, "gitleaks")) == (content not in {b"[]", b"null"})


def test_gaps_name_the_report():
    (gap,) = gaps(b'{"version": "2.1.0", "runs": [', name="ci.sarif")
    assert gap.scope == "ci.sarif"


def test_a_report_of_our_own_that_was_cut_off_vouches_for_nothing():
    coverage = {"code": {"in_scope": 9, "examined": 8, "gaps": 1, "excluded": 0, "suppressed": 0, "data_date": None}}
    document = {"coverage": coverage, "fail_on": "low", "schema": 1, "verdict": "block", "findings": [OWN_FINDING] * 3}
    whole = json.dumps(document).encode()
    (account,) = [one for one in told(whole) if isinstance(one, Account)]
    assert account == Account("code", Coverage(in_scope=9, examined=8, gaps=1))
    for damaged in (whole[:-100], whole.replace(b'"line": ', b'"line": "x', 1).replace(b'"x3', b'"x3"', 1)):
        accounts = [one for one in told(damaged) if isinstance(one, Account)]
        assert Account("code", Coverage(in_scope=9, gaps=9)) in accounts
        assert not any(one.coverage.examined for one in accounts)


def test_a_report_that_was_cut_off_vouches_for_no_practice_that_it_speaks_of():
    leaked = {**result(), "ruleId": "hardcoded-password"}
    whole = as_bytes(sarif(leaked, result(), result()))
    assert {one.practice: one.coverage.examined for one in told(whole) if isinstance(one, Account)} == {
        "code": 1, "exposure": 1,
    }  # fmt: skip
    cut = [one for one in told(whole[: whole.rindex(b"ruleId")]) if isinstance(one, Account)]
    assert {one.practice: one.coverage.examined for one in cut} == {"code": 0, "exposure": 0}


def test_more_gaps_than_are_listed_stand_for_their_practice():
    gap = {"practice": "code", "scope": "a.py", "reason": "r", "remedy": "s", "units": 1}
    document = {"schema": 1, "verdict": "block", "fail_on": "low", "findings": [], "gaps": [gap] * 30, "coverage": {}}
    bounds = Bounds(max_own_gaps=10)
    found = [
        one for one in reading.read(io.BytesIO(json.dumps(document).encode()), bounds=bounds) if isinstance(one, Gap)
    ]
    assert len(found) == 11
    assert found[-1] == Gap("code", ".", "more gaps than are listed", "see the report", 20)
