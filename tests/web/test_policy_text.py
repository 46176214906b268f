from datetime import date

from wardline.findings.policy import Policy, Step
from wardline.findings.policy_file import read
from wardline.findings.spans import Calendar, Span
from wardline.web.policy_text import written


def test_what_is_written_reads_as_the_same_policy():
    usual = Policy()
    assert read(written(usual)) == usual
    other = usual._replace(
        windows=usual.windows._replace(critical=Span(2, "days")),
        calendar=Calendar(holidays=frozenset({date(2026, 12, 25)})),
        ladder=(Step(90, "lead"),),
    )
    assert read(written(other)) == other
    assert read(written(other)) != usual


def test_every_value_stands_in_it():
    text = written(Policy())
    for part in ('[windows]\ncritical = "7 days"', "[waivers.longest]", "[[ladder]]\npercent = 50", "factor = 0.5"):
        assert part in text
