import random

from tests.findings.importers.reports import OWN_FINDING

from wardline.findings.importers.numbering import Counts, numbered
from wardline.findings.report import finding_from_dict

ONE = finding_from_dict(OWN_FINDING)


def at(*lines, **more):
    return [ONE._replace(line=line, end_line=line, **more) for line in lines]


def identities(findings, together=100):
    return {(one.file, one.line, one.rule): one.fingerprint for one in numbered(findings, together=together)}


def test_the_same_twice_is_one_and_different_ones_never_share():
    found = list(numbered(at(3, 3, 9), together=100))
    assert [one.line for one in found] == [3, 9]
    assert found[0].fingerprint == ONE.fingerprint
    assert found[1].fingerprint != ONE.fingerprint


def test_the_order_in_a_report_makes_no_difference():
    findings = [*at(*range(1, 60)), *at(*range(1, 9), rule="other"), *at(5, file="src/z.py")]
    mixed = findings[:]
    random.Random(4).shuffle(mixed)  # noqa: S311 - any order but the first
    assert identities(mixed) == identities(findings)
    assert len(set(identities(findings).values())) == len(findings)


def test_findings_beyond_those_held_back_are_told_apart_all_the_same():
    found = list(numbered(at(*range(1, 100)), together=7))
    assert len({one.fingerprint for one in found}) == 99
    assert [one.line for one in found] == list(range(1, 100))


def test_one_wrong_thing_at_two_places_stays_one():
    found = list(numbered(at(3, 9, practice="dependencies"), together=100))
    assert {one.fingerprint for one in found} == {ONE.fingerprint}


def test_many_values_are_counted():
    counts = Counts(slots=8)
    values = [f"v{number % 20_000}" for number in range(50_000)]
    assert [counts.count(value) for value in values] == [number // 20_000 for number in range(50_000)]
