"""The one pure function that decides whether a waiver counts, and that nothing else does."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from wardline.findings.report import SEVERITIES
from wardline.findings.waivers.model import (
    MAX_DAYS,
    REASONS,
    STANDINGS,
    TERMINAL,
    Action,
    Approval,
    Control,
    Pin,
    Scope,
    Subject,
    Waiver,
    covers,
    effective,
    granted,
    released,
    rose,
    standing,
    within,
    worst,
)

SOURCES = Path(__file__).parents[3] / "src/wardline"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
YES = Approval("acc-sec", "Sec", NOW)
WAIVER = Waiver(
    id="wvr-1", scope=Scope("svc-1", fingerprint="0" * 32), severity="medium", reason="fix-in-progress",
    justification="", control=Control(""), requester="acc-dev", requester_name="Dev", owners=frozenset({"acc-own"}),
    asked_at=NOW, decide_by=NOW, starts_at=NOW, expires_at=NOW + timedelta(days=7), approvals=(YES,),
)  # fmt: skip
SUBJECT = Subject("fnd-1", "0" * 32, "r", "src/a.py", "", "", "medium", 1, open=True, owner=None, team="t")


def test_an_approved_waiver_counts_until_it_expires_and_not_a_moment_longer() -> None:
    assert effective(WAIVER, NOW)
    assert effective(WAIVER, WAIVER.expires_at - timedelta(microseconds=1))
    assert not effective(WAIVER, WAIVER.expires_at)
    assert not effective(WAIVER, NOW - timedelta(microseconds=1))


@pytest.mark.parametrize("end", ["refused_at", "revoked_at", "lapsed_at", "withdrawn_at"])
def test_a_waiver_that_ended_never_counts_again(end: str) -> None:
    ended = WAIVER._replace(**{end: NOW})
    assert not effective(ended, NOW)
    assert standing(ended, NOW) == end.removesuffix("_at")
    assert standing(ended, ended.expires_at) == standing(ended, NOW)


@pytest.mark.parametrize("who", ["acc-dev", "acc-own", "acc-hand"])
def test_the_yes_of_who_asked_wrote_or_owns_does_not_count_whatever_the_record_says(who: str) -> None:
    own = WAIVER._replace(approvals=(Approval(who, "", NOW),), involved=frozenset({"acc-hand"}))
    assert not effective(own, NOW)
    assert effective(own._replace(approvals=(*own.approvals, YES)), NOW)


def test_one_person_counts_once() -> None:
    two = WAIVER._replace(needed_approvals=2, approvals=(YES, YES))
    assert not granted(two)
    assert granted(two._replace(approvals=(YES, Approval("acc-other", "", NOW))))


def test_how_it_stands_is_one_word() -> None:
    assert standing(WAIVER, NOW) == "effective"
    assert standing(WAIVER._replace(approvals=()), NOW) == "asked"
    assert standing(WAIVER._replace(starts_at=NOW + timedelta(days=1)), NOW) == "approved"
    assert standing(WAIVER, WAIVER.expires_at) == "expired"
    assert standing(WAIVER._replace(approvals=(), granted_by_clock=True), NOW) == "effective"
    assert set(STANDINGS) > TERMINAL


def test_a_pin_speaks_of_the_finding_as_it_was_looked_at() -> None:
    pin = Pin("fnd-1", 1, "medium")
    assert covers(pin, SUBJECT)
    assert not covers(pin, SUBJECT._replace(id="fnd-2"))
    assert released(pin, SUBJECT._replace(cycle=2)) == "it was fixed and came back"
    assert released(pin, SUBJECT._replace(open=False)) == "it is not open any more"
    assert released(pin, SUBJECT._replace(severity="high")) == "it is high now, and was waived as medium"
    assert covers(pin, SUBJECT._replace(severity="low"))
    assert released(pin._replace(released="long ago"), SUBJECT) == "long ago"


def test_unknown_is_as_bad_as_high() -> None:
    assert not rose("high", "unknown")
    assert not rose("unknown", "high")
    assert rose("medium", "unknown")
    assert worst(["low", "unknown", "medium"]) == "unknown"
    assert worst(list(SEVERITIES)) == "critical"


@pytest.mark.parametrize(
    ("prefix", "file", "inside"),
    [
        ("src/a", "src/a/b.py", True),
        ("src/a.py", "src/a.py", True),
        ("src/a", "src/ab/c.py", False),
        ("src/a", "src/a", True),
        ("src/a", "SRC/A/b.py", False),
        ("src/a", None, False),
    ],
)
def test_a_path_ends_where_a_name_ends(prefix: str, file: str | None, inside: bool) -> None:
    assert within(Scope("s", rule="r", path_prefix=prefix), SUBJECT._replace(file=file)) is inside


def test_a_scope_names_a_finding_or_a_rule() -> None:
    assert within(Scope("s", fingerprint="0" * 32), SUBJECT)
    assert not within(Scope("s", fingerprint="1" * 32), SUBJECT)
    assert within(Scope("s", rule="r"), SUBJECT)
    assert not within(Scope("s", rule="R"), SUBJECT)


def test_nothing_else_in_the_house_decides_whether_a_waiver_counts() -> None:
    """Whoever compared a waiver's times, approvals or ends elsewhere would decide again, and differently some day."""
    deciding = {"refused_at", "revoked_at", "lapsed_at", "withdrawn_at", "granted_by_clock", "starts_at"}
    found = []
    for path in SOURCES.rglob("*.py"):
        if path.relative_to(SOURCES).parts[0] == "kernel" or path == SOURCES / "findings/waivers/model.py":
            continue  # the kernel knows of no waivers, and tokens are revoked too
        for node in ast.walk(ast.parse(path.read_text())):
            tested: list[ast.AST] = []
            if isinstance(node, ast.If | ast.IfExp | ast.While):
                tested = [node.test]
            elif isinstance(node, ast.Compare | ast.BoolOp):
                tested = [node]
            elif isinstance(node, ast.comprehension):
                tested = list(node.ifs)
            found += [
                f"{path.relative_to(SOURCES)}:{part.lineno}: {part.attr}"
                for test in tested
                for part in ast.walk(test)
                if isinstance(part, ast.Attribute) and part.attr in deciding
            ]
    allowed = {
        # Whether the clock's grant is replaced by people's, where `granted` has just said that there are enough.
        "findings/waivers/deciding.py: granted_by_clock",
        # How long it lives in all, so that nobody is told of an end a week ahead of one that lives for a week.
        "findings/waivers/keeping.py: starts_at",
    }
    strange = {line for line in found if f"{line.split(':')[0]}:{line.rsplit(':', 1)[1]}" not in allowed}
    assert strange == set()


def test_that_rule_finds_what_it_looks_for() -> None:
    looked = [node.attr for node in ast.walk(ast.parse("if waiver.revoked_at: ...")) if isinstance(node, ast.Attribute)]
    assert looked == ["revoked_at"]
    text = (SOURCES / "findings/waivers/model.py").read_text()
    assert "waiver.revoked_at" in text


def test_words_that_faces_show_are_listed() -> None:
    assert set(MAX_DAYS) == set(SEVERITIES)
    assert len(REASONS) == 5
    assert set(get_args(Action)) == {"approve", "refuse", "renew", "revoke", "withdraw"}
