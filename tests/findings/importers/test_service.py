import os
import sys
import threading

import pytest
from tests.findings.importers.reports import as_bytes, result, sarif

from wardline.findings.importers import reading, service
from wardline.findings.importers.model import Account, Bounds, Note, UnknownReportError
from wardline.findings.report import Coverage, Finding, Gap, Suppression
from wardline.kernel.errors import AskedWronglyError, CannotSayError

REPORT = sarif(*(result(line=line, snippet=f"eval({line})") for line in range(1, 40)))


def without_notes(items):
    return [one for one in items if not isinstance(one, Note)]  # where the system cannot enforce all, one says so


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.sarif"
    path.write_bytes(as_bytes(REPORT))
    return path


def test_the_confined_process_says_what_reading_says(report):
    with report.open("rb") as stream:
        wanted = list(reading.read(stream, name="report.sarif"))
    assert without_notes(service.examined(report)) == wanted


def test_the_format_may_be_named_and_an_unknown_one_is_asked_wrongly(report):
    assert without_notes(service.examined(report, "sarif"))
    with pytest.raises(UnknownReportError, match="unknown format"):
        list(service.examined(report, "pdf"))


def test_a_report_of_no_format_is_asked_wrongly_and_lists_them(tmp_path):
    (tmp_path / "x").write_text("hello")
    with pytest.raises(UnknownReportError) as caught:
        list(service.examined(tmp_path / "x"))
    assert "sarif" in caught.value.hint


@pytest.mark.parametrize("name", ["none", "."])
def test_what_is_no_file_is_asked_wrongly(tmp_path, name):
    with pytest.raises(AskedWronglyError):
        list(service.examined(tmp_path / name))


def test_a_pipe_is_read_and_bounded(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    def write():
        with (tmp_path / "pipe").open("wb") as file:
            file.write(as_bytes(REPORT))

    for bounds, expected in ((Bounds(), 39), (Bounds(max_bytes=100), None)):
        writer = threading.Thread(target=write)
        writer.start()
        if expected is None:
            with pytest.raises(CannotSayError, match="larger than 100 bytes"):
                list(service.examined(tmp_path / "pipe", bounds=bounds))
        else:
            items = list(service.examined(tmp_path / "pipe", bounds=bounds))
            assert sum(isinstance(one, Finding) for one in items) == expected
        writer.join(timeout=10)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is bounded on Linux")
def test_a_process_that_dies_leaves_what_it_said_and_a_gap(report, monkeypatch):
    def read(*_arguments, **_options):
        yield from original(*_arguments, **_options)
        os.abort()

    original = reading.read
    monkeypatch.setattr(reading, "read", read)
    items = without_notes(service.examined(report))
    gap, account = items[-2:]
    assert isinstance(gap, Gap)
    assert "crashed" in gap.reason
    assert account == Account("other", Coverage(in_scope=1, gaps=1))


def test_a_reader_that_stops_early_leaves_no_process(report, new_children):
    items = service.examined(report)
    next(items)
    items.close()
    assert new_children() == set()


def test_the_report_put_together_adds_its_accounts_and_counts_what_is_suppressed(report):
    items = [*service.examined(report), *service.examined(report)]
    whole = service.collected(items)
    assert whole.coverage["code"] == Coverage(in_scope=2, examined=2)
    assert whole.verdict == "block"
    found = [one._replace(suppression=Suppression("x", "y", None)) for one in whole.findings[:3]]
    assert service.collected([*found, Account("code", Coverage(1, 1))]).coverage["code"].suppressed == 3


def test_accounts_are_added_and_the_older_date_counts():
    one, other = Coverage(2, 1, 1, data_date="2026-01-02"), Coverage(1, 1, data_date="2025-01-02")
    assert service.added(one, other) == Coverage(3, 2, 1, data_date="2025-01-02")
    assert service.added(one, Coverage()).data_date == "2026-01-02"


def test_nothing_of_the_report_reaches_a_file_that_is_not_named(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("private")
    report = tmp_path / "report.xml"
    report.write_text(
        f'<!DOCTYPE issues [<!ENTITY x SYSTEM "{secret}">]><issues><issue><name>&x;</name></issue></issues>'
    )
    items = list(service.examined(report))
    assert "private" not in repr(items)
    assert any(isinstance(one, Gap) for one in items)


def test_standard_input_is_a_report_too(report):
    descriptor = os.open(report, os.O_RDONLY)
    kept = os.dup(0)
    os.dup2(descriptor, 0)
    try:
        items = list(service.examined("-"))
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(descriptor)
    assert sum(isinstance(one, Finding) for one in items) == 39
