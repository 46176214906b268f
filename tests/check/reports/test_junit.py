from xml.etree import ElementTree as ET

import pytest
import samples

from wardline.check.reports.junit import render

OUTCOMES = ("failure", "error", "skipped")


def suites(report):
    return ET.fromstring(render(report, samples.subject()))  # noqa: S314 - our own document


@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.hostile(), samples.empty_pass(), samples.cannot_say(), samples.nothing_examined()],
)
def test_the_counts_are_those_of_the_cases(report):
    root = suites(report)
    for node in (root, *root):
        cases = list(node.iter("testcase"))
        assert int(node.get("tests")) == len(cases)
        for outcome, plural in zip(OUTCOMES, ("failures", "errors", "skipped"), strict=True):
            assert int(node.get(plural)) == sum(case.find(outcome) is not None for case in cases)


def test_what_blocks_fails_and_what_does_not_passes_with_its_message():
    root = suites(samples.report())
    assert root.get("failures") == "9"
    low = next(case for case in root.iter("testcase") if "tag that can move" in case.get("name"))
    assert low.find("failure") is None
    assert "Pin it" in low.find("system-out").text


def test_a_gap_is_an_error_so_the_run_is_never_green():
    root = suites(samples.report())
    assert root.get("errors") == "2"
    error = next(root.iter("error"))
    assert "was not examined" in error.get("message")
    assert error.text.startswith("Way out: ")
    for report in (samples.cannot_say(), samples.nothing_examined()):
        assert suites(report).get("errors") == "1"


def test_a_suppressed_finding_is_skipped_with_its_reason():
    messages = [node.get("message") for node in suites(samples.report()).iter("skipped")]
    assert len(messages) == 3
    assert any("until 2026-10-01" in message and "Django 5" in message for message in messages)


def test_a_case_names_package_advisory_and_place():
    names = [case.get("name") for case in suites(samples.report()).iter("testcase")]
    assert "minimist 0.0.8: Prototype pollution in minimist (GHSA-xvch-5gv4-984h) at web/package-lock.json:812" in names


def test_a_pass_has_a_case_for_each_practice():
    root = suites(samples.empty_pass())
    assert [case.get("name")[:9] for case in root.iter("testcase")] == ["examined:"]
    assert root.get("failures") == root.get("errors") == "0"


def test_hostile_text_survives_as_text():
    text = "".join(suites(samples.hostile()).itertext())
    assert "<script>alert(1)</script>" in text
    assert r"\x1b[31mred\x1b[0m" in text
