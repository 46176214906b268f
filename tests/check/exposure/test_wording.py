"""What is said of a value: never the value, and never what it could be guessed from."""

import re
from datetime import UTC, datetime

import pytest
from tests.check.exposure.credentials import every, github, password

from wardline.check.exposure import scan_text
from wardline.check.reports.model import Subject
from wardline.check.reports.service import formats, render
from wardline.findings.report import Coverage, Report, finding_to_dict

EVERY = every()


def parts(value):
    """Return the value, its halves and what is easily made from it."""
    plain = value.replace("\n", "")
    return [value, plain[: len(plain) // 2 + 1], plain[len(plain) // 2 - 1 :], plain[::-1], plain.encode().hex()]


@pytest.mark.parametrize("rule", EVERY)
def test_no_field_of_a_finding_holds_a_value(rule):
    text, value = EVERY[rule]
    said = repr([finding_to_dict(finding) for finding in scan_text(text, "settings.env")])
    assert rule in said
    assert [part for part in parts(value) if part in said] == []


@pytest.mark.parametrize("name", [one.name for one in formats()])
def test_no_report_holds_a_value(name):
    found = tuple(finding for text, _ in EVERY.values() for finding in scan_text(text, "settings.env"))
    report = Report(findings=found, coverage={"exposure": Coverage(in_scope=1, examined=1)})
    subject = Subject(name="tree", at=datetime(2026, 1, 2, tzinfo=UTC), tool_version="0")
    rendered = render(name, report, subject).decode()
    assert [rule for rule, (_, value) in EVERY.items() if any(part in rendered for part in parts(value))] == []


def test_a_fingerprint_of_a_weak_value_says_nothing_about_the_value():
    first, second = password("one"), password("two")
    assert first != second
    one, two = (scan_text(f'db_password = "{value}"', "a.py") for value in (first, second))
    assert [finding.fingerprint for finding in one] == [finding.fingerprint for finding in two]


def test_two_values_on_lines_that_look_the_same_are_two_findings():
    text = "\n".join(f'db_password = "{password(seed)}"' for seed in ("one", "two", "one"))
    found = scan_text(text, "a.py")
    assert [finding.line for finding in found] == [1, 2, 3]
    assert found[0].fingerprint != found[1].fingerprint
    assert found[0].fingerprint == found[2].fingerprint


def test_another_key_on_the_same_line_is_another_finding():
    one, two = (scan_text(f"token: {github(seed)}", "a.yml")[0] for seed in ("one", "two"))
    assert one.fingerprint != two.fingerprint
    assert scan_text(f"\n\ntoken:   {github('one')}", "a.yml")[0].fingerprint == one.fingerprint
    assert scan_text(f"token: {github('one')}", "b.yml")[0].fingerprint != one.fingerprint


def test_text_without_a_path_is_at_a_place_of_its_own():
    (finding,) = scan_text(f"x\n{github()}")
    assert finding.file is None
    assert finding.location.value == "text"
    assert finding.line == 2


def test_a_finding_says_what_to_do_and_which_weakness_it_is():
    (finding,) = scan_text(github(), "a.txt")
    assert finding.fix.kind == "rotate"
    assert "revoke" in finding.fix.text
    assert finding.cwe == ("CWE-798",)
    assert re.fullmatch("[0-9a-f]{32}", finding.fingerprint)


def test_lone_surrogates_in_a_text_are_no_obstacle():
    assert scan_text("\udcff" + github(), "a.txt")[0].line == 1
