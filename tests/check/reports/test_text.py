import re

import pytest
import samples

from wardline.check.reports.terminal import columns
from wardline.check.reports.text import render
from wardline.findings.report import Coverage, Report

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def lines(report, **changes):
    return render(report, samples.subject(**changes)).decode().splitlines()


def test_the_verdict_comes_first_and_what_to_do_next_last():
    found = lines(samples.report())
    assert found[0] == " BLOCK  9 findings block; 1 below the threshold; 3 not examined; 3 suppressed"
    assert found[-1] == "Next: wardline explain malicious-dependency"


def test_a_person_acts_once_for_each_package():
    found = lines(samples.report())
    at = next(number for number, line in enumerate(found) if "upgrade requests" in line)
    assert found[at : at + 6] == [
        " 2. upgrade requests 2.19.0 → 2.32.4                         CRITICAL, EXPLOITED",
        "    uv.lock:123",
        "    brought by api-client@1.2.0 → requests@2.19.0",
        "    3 vulnerabilities, worst critical, exploited in the wild: CVE-2024-47081,",
        "    CVE-2023-32681, CVE-2024-35195",
        "    run: uv lock --upgrade-package requests==2.32.4",
    ]


def test_gaps_stand_with_every_verdict_each_with_its_way_out():
    for report in (samples.report(), samples.cannot_say()):
        text = "\n".join(lines(report, width=120))
        assert all(gap.scope in text and gap.reason in text and gap.remedy[:60] in text for gap in report.gaps)
        assert "so this is not a pass" in text


def test_suppressions_are_counted_with_reason_and_expiry():
    text = "\n".join(lines(samples.report(), width=120))
    assert "2: Upgrade is planned with the move to Django 5 (.wardline/suppressions.toml, until 2026-10-01)" in text
    assert "1: not_affected: vulnerable_code_not_in_execute_path (vex/shop.json, no expiry)" in text


def test_the_account_says_how_much_was_examined_against_what():
    text = " ".join(" ".join(lines(samples.report())).split())
    assert "412 packages in 3 lockfiles examined against advisories of 2026-08-22; 3 not examined" in text


def test_a_pass_says_there_is_nothing_to_do():
    found = lines(samples.empty_pass())
    assert found[0] == " PASS  no findings"
    assert found[-1] == "Next: nothing to do."


def test_a_cannot_say_ends_with_the_way_out():
    found = lines(samples.cannot_say())
    assert found[0] == " CANNOT SAY  12 not examined"
    assert found[-1] == "Next: wardline advisories sync"
    assert lines(samples.nothing_examined())[-1].startswith("Next: name a folder")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_fit_the_terminal(width):
    for report in (samples.report(), samples.cannot_say(), samples.hostile()):
        for line in lines(report, width=width):
            assert columns(line) <= width or line.startswith(("    run: ", "Next: wardline explain"))


def test_colour_repeats_what_the_words_say():
    plain = render(samples.report(), samples.subject()).decode()
    coloured = render(samples.report(), samples.subject(colour=True)).decode()
    assert ESCAPE.sub("", coloured) == plain
    assert "\x1b" in coloured
    assert "\x1b" not in plain


def test_a_stranger_cannot_move_the_cursor_or_paint():
    document = render(samples.hostile(), samples.hostile_subject(colour=True)).decode()
    rest = ESCAPE.sub("", document).replace("\n", "")
    assert rest.isprintable()
    painted = {one for code in ESCAPE.findall(document) for one in code[2:-1].split(";")}
    assert painted <= {"0", "1", "2", "4", *map(str, range(30, 48)), "97"}
    assert "red\x1b" not in document.replace("\x1b[0m", "")


def test_a_stranger_cannot_give_a_ci_server_commands():
    document = render(samples.hostile(), samples.hostile_subject()).decode()
    assert not [line for line in document.splitlines() if line.strip().startswith("::")]


def test_a_command_that_would_have_to_be_changed_is_not_shown():
    report = Report(findings=(samples.vulnerable(command="pip install x\x1b[8m; curl evil"),))
    assert "run:" not in render(report, samples.subject()).decode()
    assert "curl" not in render(report, samples.subject()).decode()


def test_a_long_list_is_shortened_saying_so():
    report = samples.many(2_000)
    found = lines(report)
    assert len(found) < 600
    assert any("more: --format html or --format json lists them all" in line for line in found)
    assert found[-2].startswith(" BLOCK  2,000 findings block")


def test_below_the_threshold_stands_apart():
    report = Report(findings=(samples.vulnerable(severity="low"),), fail_on="high", coverage={"code": Coverage()})
    found = lines(report)
    assert found[0] == " PASS  1 finding, none of which blocks"
    assert "Below the threshold" in found
    assert "To do, most urgent first" not in found
