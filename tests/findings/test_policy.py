from typing import get_args

from wardline.findings import policy_file
from wardline.findings.policy import TOLD, Policy, plain
from wardline.findings.report import Severity
from wardline.findings.waivers.model import MAX_DAYS


def test_every_severity_has_a_value_in_every_table():
    policy = Policy()
    for table in (policy.windows, policy.acknowledge, policy.waivers.longest, policy.waivers.decide):
        assert {table.of(severity) for severity in get_args(Severity)} <= set(table)


def test_the_defaults_are_those_of_the_design():
    shown = plain(Policy())
    assert list(shown["windows"].values())[:4] == ["7 days", "30 days", "90 days", "180 days"]
    assert [(step["percent"], step["tell"]) for step in shown["ladder"]] == list(
        zip((50, 80, 100, 125, 150), TOLD, strict=True)
    )
    assert shown["acknowledge"]["critical"] == "4 hours"
    assert {severity: Policy().waivers.longest.of(severity).amount for severity in MAX_DAYS} == MAX_DAYS


def test_the_example_in_its_docstring_says_the_defaults():
    import wardline.findings.policy as module

    example = "\n".join(line[4:] for line in module.__doc__.splitlines() if line.startswith("    "))
    read = policy_file.read(example)
    assert read.windows == Policy().windows
    assert read.cisa == Policy().cisa
    assert read.ladder[0] == Policy().ladder[0]
    assert len(read.ladder) == 1
