from tests.findings.world import finding

from wardline.findings.arrival import Arrival, weight
from wardline.findings.report import Step


def arrival() -> Arrival:
    return Arrival(
        report="rep", service=None, source="x", at=None, stale=False, fence=1, first=True, before={}, covered=()
    )


def test_what_an_earlier_piece_named_is_not_looked_at_again():
    report = arrival()
    assert list(report.grouped([finding(1), finding(2), finding(1, line=9)])) == [
        finding(1).fingerprint,
        finding(2).fingerprint,
    ]
    assert list(report.grouped([finding(2), finding(3)])) == [finding(3).fingerprint]
    assert report.has(finding(3).fingerprint)
    assert not report.has(finding(4).fingerprint)
    assert report.counts()["findings"] == 3


def test_the_most_urgent_of_one_finding_comes_first():
    low, high = finding(1, severity="low"), finding(1, severity="high")
    (some,) = arrival().grouped([low, high]).values()
    assert some == [high, low]


def test_what_waits_is_weighed_until_it_is_taken():
    report = arrival()
    report.wait(finding(1, message="x" * 1000), [], None)
    report.wait(finding(2, trace=(Step("a.py", 1, "y" * 5000),)), [], None)
    assert 6000 < report.weight < 8000
    assert report.weight == sum(weight(one) for one, _, _ in report.waiting)
    assert len(report.take()) == 2
    assert (report.weight, report.waiting) == (0, [])
