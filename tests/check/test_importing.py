import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.findings.importers.reports import GRYPE_MATCH, as_bytes, grype, result, sarif, semgrep

from wardline.check.importing import with_imported
from wardline.check.model import Examination
from wardline.cli import root
from wardline.findings import identity
from wardline.findings.importers.model import Account
from wardline.findings.importers.service import collected
from wardline.findings.report import Coverage, Finding, Gap, Location, PackageRef, Report, Suppression


def dependency(*ids, file="uv.lock", **more):
    fingerprint = identity.of_dependency("vulnerable-dependency", "PyPI", "jinja2", ids[0])
    about = PackageRef("PyPI", "jinja2", "2.4", "pkg:pypi/jinja2@2.4")
    said = {"title": "t", "severity": "high", "confidence": "high", "message": "m", "file": file}
    return Finding(fingerprint, "dependencies", "vulnerable-dependency", package=about, advisories=ids, **said | more)


def imported(*findings, gaps=()):
    coverage = {"dependencies": Coverage(in_scope=1 + len(gaps), examined=1, gaps=len(gaps))}
    return Report(findings=findings, gaps=gaps, coverage=coverage, notes=("a note",))


OURS = {"dependencies": Examination((dependency("CVE-1", "GHSA-1"),), coverage=Coverage(5, 5, data_date="2026-01-01"))}


def test_what_we_found_ourselves_is_ours():
    joined = with_imported(OURS, imported(dependency("CVE-1"), dependency("GHSA-1", file="x"), dependency("CVE-2")))
    found = joined["dependencies"].findings
    assert [one.advisories[0] for one in found] == ["CVE-1", "CVE-2"]
    assert joined["dependencies"].coverage == Coverage(6, 6, data_date="2026-01-01")
    assert joined["dependencies"].notes == ("a note",)


def test_what_we_suppressed_stays_suppressed():
    quiet = dependency("CVE-1", suppression=Suppression("vex", "not called", None))
    joined = with_imported({"dependencies": Examination(suppressed=(quiet,))}, imported(dependency("CVE-1")))
    assert (joined["dependencies"].findings, len(joined["dependencies"].suppressed)) == ((), 1)


def test_two_reports_of_one_thing_are_one_and_two_places_are_two():
    theirs = [dependency("CVE-9"), dependency("CVE-9"), dependency("CVE-9", file="other.lock")]
    assert len(with_imported({}, imported(*theirs))["dependencies"].findings) == 2


def test_a_lesser_id_takes_over_the_identity_of_the_better_one():
    both = dependency("CVE-7", "GHSA-7")
    alone = dependency("GHSA-7", file=None, location=Location("resource", "x"))
    first, second = with_imported({}, imported(alone, both))["dependencies"].findings
    assert first.fingerprint == second.fingerprint == both.fingerprint


def test_gaps_of_a_report_are_gaps_of_the_check():
    joined = with_imported(OURS, imported(gaps=(Gap("dependencies", "r", "cut short", "again"),)))
    assert [gap.reason for gap in joined["dependencies"].gaps] == ["cut short"]
    assert joined["dependencies"].coverage.gaps == 1


def test_a_practice_that_nobody_asked_for_joins_with_its_report():
    report = collected([Gap("pentest", "z", "r", "s"), Account("pentest", Coverage(1, 0, 1))])
    joined = with_imported(OURS, report)
    assert joined["pentest"].coverage == Coverage(1, 0, 1)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "tree" / ".wardline").mkdir(parents=True)
    (tmp_path / "tree" / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    return tmp_path / "tree"


def run(capfdbinary, tree, *reports):
    arguments = [part for report in reports for part in ("--import", str(report))]
    status = root.command(["check", str(tree), "--only", "dependencies", "--format", "json", *arguments])
    out, err = capfdbinary.readouterr()
    return status, json.loads(out) if out else err.decode()


def test_the_import_story(capfdbinary, tree, tmp_path):
    first, second = tmp_path / "semgrep.sarif", tmp_path / "grype.json"
    first.write_bytes(as_bytes(sarif(result(uri=f"file://{tree}/src/a.py"))))
    second.write_bytes(as_bytes(grype(GRYPE_MATCH)))
    status, document = run(capfdbinary, tree, first, second)
    assert status == 1
    assert {one["practice"] for one in document["findings"]} == {"code", "dependencies"}
    assert {one["file"] for one in document["findings"]} == {"src/a.py", "app/requirements.txt"}
    assert document["coverage"]["code"]["examined"] == 1
    _, again = run(capfdbinary, tree, first, second, first)
    assert again["findings"] == document["findings"]


def test_a_suppression_of_the_tree_holds_for_imported_findings(capfdbinary, tree, tmp_path):
    report = tmp_path / "semgrep.sarif"
    report.write_bytes(as_bytes(sarif(result())))
    _, document = run(capfdbinary, tree, report)
    (found,) = document["findings"]
    until = (datetime.now(UTC) + timedelta(days=90)).date()
    known_as = found["fingerprint"]
    entry = f'fingerprint = "{known_as}"\nreason = "checked by hand, the input is ours"\nuntil = {until}\n'
    (tree / ".wardline" / "suppressions.toml").write_text(f"[[suppression]]\n{entry}")
    _, document = run(capfdbinary, tree, report)
    assert found["fingerprint"] not in {one["fingerprint"] for one in document["findings"]}


def test_a_report_that_is_not_there_or_no_report_is_asked_wrongly(capfdbinary, tree, tmp_path):
    assert run(capfdbinary, tree, tmp_path / "none")[0] == 2
    (tmp_path / "x").write_text("hello")
    status, said = run(capfdbinary, tree, tmp_path / "x")
    assert status == 2
    assert "one of: bandit" in said


def test_an_empty_report_of_another_tool_changes_no_verdict(capfdbinary, tree, tmp_path):
    report = tmp_path / "semgrep.json"
    report.write_bytes(as_bytes(semgrep()))
    assert run(capfdbinary, tree, report)[0] == run(capfdbinary, tree)[0]
