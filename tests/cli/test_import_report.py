import json

import pytest
from tests.findings.importers.reports import EXAMPLES, as_bytes, result, sarif

from wardline.cli import root


def run(capfdbinary, *arguments):
    status = root.command(["import", *map(str, arguments)])
    out, err = capfdbinary.readouterr()
    return status, out.decode(), err.decode()


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.sarif"
    path.write_bytes(as_bytes(sarif(result(uri="src/a\x1b[31m.py"))))
    return path


def test_a_report_is_shown_as_check_shows_its_own(capfdbinary, report):
    status, out, _ = run(capfdbinary, "--dry-run", "--json", report)
    document = json.loads(out)
    assert status == 0
    assert (document["schema"], document["verdict"]) == (1, "block")
    assert document["coverage"]["code"]["examined"] == 1
    assert run(capfdbinary, "--dry-run", "--json", report)[1] == out


def test_without_a_root_the_current_folder_is_the_tree_where_half_of_the_files_are_in_it(
    capfdbinary, tmp_path, monkeypatch
):
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
    for name in ("pay.py", "log.py"):
        (tmp_path / "ours" / name).write_text("import os\n\ndef call(name):\n    os.system(name)\n")
    (tmp_path / "theirs" / "pay.py").write_text("import os\n\ndef other(name):\n    os.system(name)\n")
    path = tmp_path / "report.sarif"
    found = (result(uri=uri, line=4, snippet="    os.system(name)") for uri in ("pay.py", "log.py", "gone.py"))
    path.write_bytes(as_bytes(sarif(*found)))
    arguments = ("--dry-run", "--json", path)
    told = {}
    for name, tree in (("ours", ()), ("theirs", ()), ("theirs", ("--root", tmp_path / "ours")), ("", ())):
        monkeypatch.chdir(tmp_path / name)
        told[name, tree] = run(capfdbinary, *arguments, *tree)[1]
    assert told["ours", ()] == told["theirs", ("--root", tmp_path / "ours")]
    assert told["theirs", ()] == told["", ()] != told["ours", ()]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_format_comes_through_the_face(capfdbinary, tmp_path, name):
    path = tmp_path / "report"
    path.write_bytes(as_bytes(EXAMPLES[name][0]))
    status, out, _ = run(capfdbinary, "--dry-run", "--json", "--format", name, path)
    assert (status, len(json.loads(out)["findings"])) == (0, 1)


def test_a_person_sees_a_line_for_each_and_a_summary(capfdbinary, report):
    status, out, _ = run(capfdbinary, "--dry-run", report)
    assert status == 0
    assert "src/a\\x1b[31m.py:3" in out
    assert out.splitlines()[-1] == "1 findings: 1 medium; 0 gaps"


def test_what_was_not_read_is_no_pass(capfdbinary, tmp_path):
    (tmp_path / "cut.sarif").write_bytes(as_bytes(sarif(result(), result(line=9)))[:-60])
    status, out, _ = run(capfdbinary, "--dry-run", tmp_path / "cut.sarif")
    assert status == 3
    assert "not read  cut.sarif: the report cannot be read on at byte" in out


def test_an_unrecognised_report_is_asked_wrongly_with_the_formats(capfdbinary, tmp_path):
    (tmp_path / "x").write_text("hello")
    status, out, err = run(capfdbinary, "--dry-run", tmp_path / "x")
    assert (status, out) == (2, "")
    assert "--format, one of: bandit, burp" in err


def test_without_a_dry_run_it_says_the_way_out(capfdbinary, report, monkeypatch):
    monkeypatch.delenv("WARDLINE_URL", raising=False)
    status, _, err = run(capfdbinary, report)
    assert status == 2
    assert "--send URL" in err
    assert "--dry-run" in err
    assert run(capfdbinary, "--dry-run")[0] == 2


def test_the_formats_are_listed(capfdbinary):
    status, out, _ = run(capfdbinary, "--help-formats")
    assert status == 0
    assert all(name in out for name in EXAMPLES)
