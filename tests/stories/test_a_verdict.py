"""A developer asks for a verdict and reads it from the exit status, the terminal and the JSON document."""

import json

import pytest

FINDING_KEYS = {
    "fingerprint", "practice", "rule", "title", "severity", "confidence", "file", "line", "end_line", "column",
    "message", "cwe", "fix", "package", "advisories", "trace",
}  # fmt: skip


def check(wardline, project, advisories, *more):
    return wardline("check", project, "--only", "dependencies", "--advisories", advisories, *more)


def test_a_vulnerable_library_is_a_no(wardline, project, advisories) -> None:
    said = check(wardline, project("leaky==1.0", "fine==3.1"), advisories, "--format", "json")
    report = said.json()
    assert said.status == 1
    assert report["schema"] == 1
    assert report["verdict"] == "block"
    (finding,) = report["findings"]
    assert set(finding) >= FINDING_KEYS
    assert finding["advisories"] == ["CVE-2026-1000", "GHSA-aaaa-bbbb-cccc", "PYSEC-2026-1"]
    assert finding["severity"] == "critical"
    assert finding["package"] == {
        "ecosystem": "PyPI", "name": "leaky", "version": "1.0", "purl": "pkg:pypi/leaky@1.0", "paths": [],
    }  # fmt: skip
    assert (finding["file"], finding["line"]) == ("requirements.txt", 1)
    assert finding["fix"]["version"] == "1.2"
    assert report["coverage"]["dependencies"]["in_scope"] == 2
    assert report["coverage"]["dependencies"]["examined"] == 2
    assert report["gaps"] == []


def test_what_was_examined_and_found_well_is_a_yes(wardline, project, advisories) -> None:
    said = check(wardline, project("leaky==1.2", "fine==3.1"), advisories)
    assert said.status == 0
    assert "PASS" in said.out


def test_without_advisories_nothing_can_be_said_and_the_way_out_is_named(wardline, project) -> None:
    said = wardline("check", project("leaky==1.0"), "--only", "dependencies")
    assert said.status == 3
    assert "wardline advisories sync" in said.out
    assert "--advisories" in said.out


def test_an_ecosystem_without_advisories_is_a_gap(wardline, project, advisories) -> None:
    folder = project("fine==3.1")
    (folder / "Cargo.lock").write_text(
        'version = 3\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+x"\n'
    )
    said = check(wardline, folder, advisories, "--format", "json")
    (gap,) = said.json()["gaps"]
    assert said.status == 3
    assert "crates.io" in gap["reason"] + gap["scope"]
    assert said.json()["coverage"]["dependencies"] | {"data_date": None} == {
        "in_scope": 2, "examined": 1, "gaps": 1, "excluded": 0, "suppressed": 0, "data_date": None,
    }  # fmt: skip


def test_an_empty_folder_is_no_pass(wardline, tmp_path, advisories) -> None:
    (tmp_path / "empty").mkdir()
    said = check(wardline, tmp_path / "empty", advisories)
    assert said.status == 3
    assert "nothing examined" in said.out


def test_a_lockfile_that_cannot_be_read_is_a_gap_with_its_place(wardline, project, advisories) -> None:
    folder = project("fine==3.1")
    (folder / "uv.lock").write_text('version = 1\n[[package]\nname = "leaky"\n')
    said = check(wardline, folder, advisories, "--format", "json")
    (gap,) = said.json()["gaps"]
    assert said.status == 3
    assert gap["scope"].startswith("uv.lock:2")
    assert gap["remedy"]


def test_a_no_wins_over_a_gap_and_the_gap_is_still_printed(wardline, project, advisories) -> None:
    folder = project("leaky==1.0")
    (folder / "uv.lock").write_text("not toml")
    said = check(wardline, folder, advisories)
    assert said.status == 1
    assert "uv.lock" in said.out


def test_malware_blocks_whatever_the_threshold(wardline, project, advisories) -> None:
    said = check(wardline, project("evil-twin==1.0"), advisories, "--fail-on", "critical", "--format", "json")
    assert said.status == 1
    (finding,) = said.json()["findings"]
    assert finding["rule"] == "malicious-dependency"
    assert finding["severity"] == "critical"


@pytest.mark.parametrize(("threshold", "status"), [("low", 1), ("medium", 0), ("critical", 0)])
def test_the_threshold_decides_what_blocks(wardline, project, advisories, threshold, status) -> None:
    assert check(wardline, project("mild==1.0"), advisories, "--fail-on", threshold).status == status


def test_an_unknown_severity_reaches_every_threshold(wardline, project, advisories) -> None:
    assert check(wardline, project("unrated==1.0"), advisories, "--fail-on", "critical").status == 1


def test_a_practice_that_is_not_built_is_a_gap(wardline, project, advisories) -> None:
    said = wardline("check", project("fine==1.0"), "--advisories", advisories, "--format", "json")
    report = said.json()
    assert said.status == 3
    assert {gap["practice"] for gap in report["gaps"]} == {"code", "pipeline", "policy"}
    assert set(report["coverage"]) == {"dependencies", "exposure", "code", "pipeline", "policy"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "no such folder"],
        ["check", ".", "--only", "dependencys"],
        ["check", ".", "--only", ""],
        ["check", ".", "--format", "yaml"],
        ["check", ".", "--fail-on", "terrible"],
        ["check", ".", "--diff", "main", "--staged"],
        ["check", ".", "--advisories", "no-such-mirror"],
        ["check", ".", "--frobnicate"],
        ["frobnicate"],
        ["explain", "no-such-rule"],
        ["inventory", "no such folder"],
    ],
    ids=" ".join,
)
def test_asked_wrongly_is_two_and_says_what_would_be_right(wardline, arguments) -> None:
    said = wardline(*arguments)
    assert said.status == 2
    assert said.err.strip()
    assert not said.out.strip()


def test_a_policy_file_with_an_unknown_key_is_asked_wrongly(wardline, project, advisories) -> None:
    folder = project("leaky==1.0")
    (folder / ".wardline").mkdir()
    (folder / ".wardline" / "policy.toml").write_text("[check]\nfail_no = 'low'\n")
    said = check(wardline, folder, advisories)
    assert said.status == 2
    assert "fail_no" in said.err


def test_what_the_policy_excludes_is_counted_and_not_examined(wardline, project, advisories) -> None:
    folder = project("fine==1.0")
    (folder / "old").mkdir()
    (folder / "old" / "requirements.txt").write_text("leaky==1.0\n")
    (folder / ".wardline").mkdir()
    (folder / ".wardline" / "policy.toml").write_text(
        '[scope]\nexclude = [{path = "old/**", reason = "kept for the record, never installed"}]\n'
    )
    said = check(wardline, folder, advisories, "--format", "json")
    assert said.status == 0
    assert said.json()["coverage"]["dependencies"]["excluded"] == 1
    assert "kept for the record" in check(wardline, folder, advisories).out


def test_a_suppression_takes_a_finding_away_until_its_day(wardline, project, advisories) -> None:
    folder = project("leaky==1.0")
    finding = check(wardline, folder, advisories, "--format", "json").json()["findings"][0]
    reason = "the affected parser only reads files of our own build"
    said = wardline("suppress", finding["fingerprint"], folder, "--reason", reason, "--until", "30d")
    assert said.status == 0, said.err
    after = check(wardline, folder, advisories, "--format", "json")
    assert after.status == 0
    assert after.json()["findings"] == []
    assert after.json()["suppressed"][0]["suppression"]["reason"] == reason
    assert after.json()["coverage"]["dependencies"]["suppressed"] == 1
    assert reason in check(wardline, folder, advisories).out


def test_a_known_exploited_vulnerability_comes_first(wardline, project, advisories, tmp_path) -> None:
    kev = tmp_path / "kev.json"
    entry = {"cveID": "CVE-2026-2000", "dateAdded": "2026-02-03", "dueDate": "2026-02-24"}
    kev.write_text(json.dumps({"vulnerabilities": [entry]}))
    said = check(wardline, project("leaky==1.0", "mild==1.0"), advisories, "--kev", kev, "--format", "json")
    first, second = said.json()["findings"]
    assert first["advisories"] == ["CVE-2026-2000"]
    assert first["exploited"]["since"] == "2026-02-03"
    assert second["severity"] == "critical"


@pytest.mark.parametrize(
    "name", ["text", "json", "sarif", "gitlab", "junit", "cyclonedx", "spdx", "markdown", "html", "openvex"]
)
def test_every_format_carries_the_same_verdict(wardline, project, advisories, name) -> None:
    said = check(wardline, project("leaky==1.0"), advisories, "--format", name)
    assert said.status == 1
    assert "leaky" in said.out


def test_a_report_is_also_written_to_files(wardline, project, advisories, tmp_path) -> None:
    said = check(wardline, project("leaky==1.0"), advisories, "--write", f"sarif={tmp_path / 'r.sarif'}")
    assert said.status == 1
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"


def test_a_single_lockfile_is_examined_alone(wardline, project, advisories) -> None:
    folder = project("fine==1.0")
    (folder / "uv.lock").write_text("not toml")
    assert check(wardline, folder / "requirements.txt", advisories).status == 0


def test_a_vex_statement_takes_a_finding_out_of_the_count_with_its_reason(
    wardline, project, advisories, tmp_path
) -> None:
    statement = {
        "vulnerability": {"name": "CVE-2026-1000"},
        "products": [{"@id": "pkg:pypi/leaky"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    }
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.org/vex-1",
        "author": "security@example.org",
        "timestamp": "2026-03-01T00:00:00Z",
        "version": 1,
        "statements": [statement],
    }
    vex = tmp_path / "vex.json"
    vex.write_text(json.dumps(document))
    said = check(wardline, project("leaky==1.0"), advisories, "--vex", vex, "--format", "json")
    assert said.status == 0
    (finding,) = said.json()["suppressed"]
    assert "vulnerable_code_not_in_execute_path" in finding["suppression"]["reason"]

    folder = project("leaky==1.0")
    (folder / ".wardline").mkdir()
    (folder / ".wardline" / "policy.toml").write_text('[dependencies]\nvex = ["vex.json", "missing.json"]\n')
    (folder / "vex.json").write_text(json.dumps(document))
    said = check(wardline, folder, advisories, "--format", "json")
    assert said.status == 3
    assert said.json()["suppressed"]
    assert [gap["scope"] for gap in said.json()["gaps"]] == ["missing.json"]


def test_an_unreadable_vex_file_exempts_nothing_and_is_a_gap(wardline, project, advisories, tmp_path) -> None:
    (tmp_path / "vex.json").write_text("{")
    said = check(wardline, project("leaky==1.0"), advisories, "--vex", tmp_path / "vex.json", "--format", "json")
    assert said.status == 1
    assert said.json()["gaps"][0]["scope"] == "vex.json"


def test_advisories_older_than_the_policy_allows_are_a_gap(wardline, project, advisories) -> None:
    folder = project("fine==1.0")
    (folder / ".wardline").mkdir()
    (folder / ".wardline" / "policy.toml").write_text("[dependencies]\nmax_advisory_age_days = 30\n")
    young = check(wardline, folder, advisories)
    assert young.status == 3
    assert "30 days" in young.out


def test_a_manifest_without_a_lockfile_is_a_gap(wardline, project, advisories) -> None:
    folder = project("fine==1.0")
    (folder / "web").mkdir()
    (folder / "web" / "package.json").write_text('{"dependencies": {"left": "^1.0.0"}}')
    said = check(wardline, folder, advisories, "--format", "json")
    assert said.status == 3
    (gap,) = said.json()["gaps"]
    assert gap["scope"] == "web/package.json"
    assert "npm install" in gap["remedy"]


def test_a_rule_and_an_advisory_are_explained(wardline, advisories) -> None:
    assert "How to repair it" in wardline("explain", "vulnerable-dependency").out
    said = wardline("explain", "cve-2026-1000", "--advisories", advisories)
    assert said.status == 0
    assert "GHSA-aaaa-bbbb-cccc" in said.out
    assert wardline("explain", "CVE-1999-1", "--advisories", advisories).status == 2


def test_an_inventory_lists_what_a_lockfile_names(wardline, project) -> None:
    folder = project("leaky==1.0", "open>=2")
    said = wardline("inventory", folder / "requirements.txt", "--format", "json")
    document = said.json()
    (package,) = document["packages"]
    assert said.status == 3
    assert set(package) >= {"ecosystem", "name", "version", "purl", "file", "line", "groups", "direct", "paths"}
    assert (package["ecosystem"], package["name"], package["version"]) == ("PyPI", "leaky", "1.0")
    assert [gap["scope"] for gap in document["gaps"]] == ["requirements.txt:2"]
    assert wardline("inventory", project("leaky==1.0")).status == 0
