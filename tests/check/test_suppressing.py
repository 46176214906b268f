"""Suppressions are applied to what this check looked for, and to nothing else."""

from datetime import date

import pytest

from wardline.check import suppressions
from wardline.check.model import Examination, Request
from wardline.check.suppressing import suppress
from wardline.check.worktree import WorkTree
from wardline.findings.report import Coverage, Finding

TODAY = date(2026, 11, 23)
ONE = "0123456789abcdef" * 2
FINDING = Finding(ONE, "dependencies", "vulnerable-dependency", "requests", "high", "high", "", file="uv.lock")


@pytest.fixture
def tree(tmp_path):
    (tmp_path / ".wardline").mkdir()
    return tmp_path


def written(tree, rule):
    entry = suppressions.Entry(ONE, "the affected parser only sees our own output", date(2027, 1, 31), rule=rule)
    (tree / suppressions.PATH).write_bytes(suppressions.add(None, entry, TODAY))


def applied(tree, practice, *findings, mode="tree"):
    parts = {practice: Examination(findings=findings, coverage=Coverage(in_scope=1, examined=1))}
    return suppress(parts, WorkTree(tree), Request(path=tree, mode=mode, only=(practice,)), TODAY)


def test_what_is_suppressed_is_counted_apart(tree):
    written(tree, "vulnerable-dependency")
    parts, gaps, notes = applied(tree, "dependencies", FINDING)
    assert parts["dependencies"].findings == ()
    assert parts["dependencies"].coverage.suppressed == 1
    assert (gaps, notes) == ([], ())


@pytest.mark.parametrize(
    ("rule", "practice", "said"),
    [
        ("vulnerable-dependency", "dependencies", True),
        ("vulnerable-dependency", "exposure", False),
        ("password-in-code", "exposure", True),
        ("team/acme", "exposure", True),
        ("password-in-code", "dependencies", False),
        ("of-another-tool", "exposure", False),
    ],
)
def test_an_entry_is_unused_only_where_its_rule_was_looked_for(tree, rule, practice, said):
    written(tree, rule)
    assert bool(applied(tree, practice)[2]) is said
    assert applied(tree, practice, mode="diff")[2] == ()


def test_a_file_that_is_none_is_a_gap(tree):
    (tree / suppressions.PATH).symlink_to("/etc/hostname")
    _, gaps, _ = applied(tree, "dependencies", FINDING)
    assert [gap.scope for gap in gaps] == [suppressions.PATH]
