import json

import pytest
from tests.findings.importers.reports import findings, gaps, made_up_secret, trufflehog


def test_nothing_of_the_value_is_kept():
    secret = made_up_secret()
    (found,) = findings(trufflehog(secret))
    assert not [part for part in (secret, secret[:8]) if part in repr(found)]
    assert findings(trufflehog(made_up_secret(8)))[0].fingerprint == found.fingerprint


@pytest.mark.parametrize(
    ("more", "rated"),
    [
        ({"Verified": True}, ("critical", "high")),
        ({"Verified": False}, ("high", "low")),
        ({"Verified": False, "VerificationError": "timed out"}, ("high", "medium")),
    ],
)
def test_what_was_verified_works(more, rated):
    (found,) = findings(trufflehog(**more))
    assert (found.severity, found.confidence) == rated


def test_its_own_log_is_passed_over_and_its_errors_are_gaps():
    log = {"level": "info-0", "ts": "2026-01-01T00:00:00Z", "logger": "trufflehog", "msg": "running source"}
    text = "\n".join(map(json.dumps, [log, trufflehog(), {**log, "level": "error", "msg": "cannot read"}]))
    assert len(findings(text)) == 1
    assert "cannot read" in gaps(text)[0].reason


def test_a_place_that_is_no_file_is_a_location():
    bucket = {"Data": {"S3": {"bucket": "logs", "link": "https://logs.example/key"}}}
    assert findings(trufflehog(SourceMetadata=bucket))[0].location.value == "https://logs.example/key"


def test_a_line_that_is_broken_is_a_gap_and_the_others_are_read():
    text = "\n".join([json.dumps(trufflehog()), '{"SourceMetadata": {', json.dumps(trufflehog(DetectorName="Other"))])
    assert len(findings(text)) == 2
    (gap,) = gaps(text)
    assert (gap.reason, gap.scope) == ("a line is no JSON object", "report: line 2")


def test_version_2_is_read():
    secret = made_up_secret()
    old = {
        "reason": "High Entropy",
        "path": "a.py",
        "stringsFound": [secret],
        "diff": f"+k = {secret}",
        "commitHash": "0",
    }
    (found,) = findings(json.dumps(old))
    assert found.file == "a.py"
    assert secret not in repr(found)
