import json
from pathlib import Path

import pytest
from tests.api.world import World, finding

from wardline.api import reading
from wardline.findings.report import Coverage, Report, finding_to_dict
from wardline.kernel import processes
from wardline.kernel.errors import CannotSayError

HEAD = {"findings": 1, "suppressed": 1, "gaps": [], "coverage": {"code": {"in_scope": 1, "examined": 1, "gaps": 0}}}
LINES = [json.dumps(finding_to_dict(finding(number))) for number in range(2)]


def told(folder: Path, head: object, *lines: str) -> reading.Told:
    path = folder / "read"
    path.write_text("\n".join([json.dumps(head), *lines, ""]))
    return reading.Told(reading._summary(path), path)


def test_what_the_process_writes_is_read_as_often_as_it_is_needed(tmp_path: Path) -> None:
    found = told(tmp_path, HEAD, *LINES)
    assert found.summary == reading.Summary(2, (), frozenset({"code"}))
    assert list(found) == list(found) == [finding(0), finding(1)]


@pytest.mark.parametrize("head", [[], {}, {**HEAD, "gaps": [1]}, {**HEAD, "coverage": []}, {**HEAD, "findings": "1"}])
def test_a_first_line_of_another_shape_is_not_taken(tmp_path: Path, head: object) -> None:
    with pytest.raises(CannotSayError):
        told(tmp_path, head, *LINES)


@pytest.mark.parametrize("lines", [LINES[:1], [*LINES, LINES[0]], [LINES[0], LINES[1][:-9]], [LINES[0], "{}"]])
def test_fewer_or_other_findings_than_were_promised_are_no_report(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(CannotSayError):
        list(told(tmp_path, HEAD, *lines))


def test_a_report_that_came_before_or_is_of_no_service_is_answered_without_being_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = Report(findings=(finding(1),), coverage={"code": Coverage(in_scope=1, examined=1)})
    sent = {"content": json.dumps(report.to_dict()), "headers": {"content-type": "application/json"}}
    first = world.ask("POST", "/reports?service=orders", "machine", **sent)
    assert (first.status_code, first.json()["opened"]) == (201, 1)

    def unread(*_: object, **__: object) -> None:
        raise AssertionError("no process is needed for this")

    monkeypatch.setattr(processes, "ask_into", unread)
    again = world.ask("POST", "/reports?service=orders", "machine", **sent)
    assert (again.status_code, again.json()["repeated"], again.json()["report"]) == (201, True, first.json()["report"])
    assert world.ask("POST", "/reports?service=nowhere", "machine", **sent).status_code == 404
