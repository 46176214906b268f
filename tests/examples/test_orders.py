"""The example service and its advisories: real pins, and records that say what they claim."""

import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from cvss import CVSS3

from wardline.check.dependencies import versions

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ORDERS = EXAMPLES / "orders"
RECORDS = sorted(path for path in EXAMPLES.glob("advisories/*/*.json"))
# Prefixes of https://ossf.github.io/osv-schema/ 1.7 that the example uses.
ID = re.compile(r"PYSEC-\d{4}-\d+|GHSA(-[23456789cfghjmpqrvwx]{4}){3}|MAL-\d{4}-\d+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
HOST = re.compile(r"https?://([^/\"'\s)]+)")
# Where the records' references lead.
SOURCES = {"blog.jquery.com", "github.com", "nvd.nist.gov", "pillow.readthedocs.io"}


def files() -> list[Path]:
    return [
        path
        for path in sorted(EXAMPLES.rglob("*"))
        if path.is_file() and not {"__pycache__", ".ruff_cache"} & set(path.parts)
    ]


def record(path: Path) -> dict:
    return json.loads(path.read_text())


def pins() -> set[tuple[str, str, str]]:
    found = {
        ("PyPI", row["name"], row["version"]) for row in tomllib.loads((ORDERS / "uv.lock").read_text())["package"]
    }
    lock = json.loads((ORDERS / "web/package-lock.json").read_text())
    for place, row in lock["packages"].items():
        if place:
            found.add(("npm", place.rpartition("node_modules/")[2], row["version"]))
    return found


def affected(document: dict) -> set[tuple[str, str, str]]:
    return {pin for pin in pins() if versions.affected(document, *pin)}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_each_record_has_the_form_that_osv_demands(path: Path) -> None:
    document = record(path)
    assert document["schema_version"] == "1.7.0"
    assert document["id"] == path.stem
    assert ID.fullmatch(document["id"])
    for key in ("modified", "published", "withdrawn"):
        if key in document:
            assert TIME.fullmatch(document[key])
            assert datetime.fromisoformat(document[key]).year >= 2019
    assert document["summary"]
    assert document["details"]
    for part in document["affected"]:
        assert part["package"]["ecosystem"] == path.parent.name
        assert part["package"]["purl"].startswith({"PyPI": "pkg:pypi/", "npm": "pkg:npm/"}[path.parent.name])
        for ranged in part["ranges"]:
            assert ranged["type"] == {"PyPI": "ECOSYSTEM", "npm": "SEMVER"}[path.parent.name]
            assert all(len(event) == 1 for event in ranged["events"])
            assert any("introduced" in event for event in ranged["events"])
            # The schema forbids both in one range.
            assert len({next(iter(event)) for event in ranged["events"]} & {"fixed", "last_affected"}) <= 1
    for score in document.get("severity", []):
        assert score["type"] == "CVSS_V3"
        assert CVSS3(score["score"]).clean_vector() == score["score"]
    assert all(reference["url"].startswith("https://") for reference in document["references"])


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_each_record_is_about_a_pin_of_the_example(path: Path) -> None:
    document = {key: value for key, value in record(path).items() if key != "withdrawn"}
    assert len(affected(document)) == 1


def test_the_withdrawn_record_is_about_a_pin_and_affects_nothing() -> None:
    withdrawn = [record(path) for path in RECORDS if "withdrawn" in record(path)]
    assert [document["id"] for document in withdrawn] == ["PYSEC-2022-42969"]
    assert affected(withdrawn[0]) == set()


def test_the_records_show_each_kind_of_range() -> None:
    kinds: dict[str, list[str]] = {"last_affected": [], "several": [], "without a repair": []}
    for document in map(record, RECORDS):
        events = [event for part in document["affected"] for ranged in part["ranges"] for event in ranged["events"]]
        names = [next(iter(event)) for event in events]
        if "last_affected" in names and "withdrawn" not in document:
            kinds["last_affected"].append(document["id"])
        if names.count("introduced") > 1:
            kinds["several"].append(document["id"])
        if names == ["introduced"] and not document["id"].startswith("MAL-"):
            kinds["without a repair"].append(document["id"])
    assert kinds == {
        "last_affected": ["PYSEC-2025-185"],
        "several": ["PYSEC-2023-192", "GHSA-xvch-5gv4-984h"],
        "without a repair": ["GHSA-wj6h-64fc-37mp"],
    }


def test_one_bug_has_two_records_that_share_an_alias() -> None:
    seen: dict[str, list[str]] = {}
    for document in map(record, RECORDS):
        for alias in {document["id"], *document.get("aliases", [])}:
            seen.setdefault(alias, []).append(document["id"])
    assert {alias for alias, ids in seen.items() if len(ids) > 1} == {"CVE-2022-23491", "GHSA-43fp-rhv2-5gv8"}


def test_the_excerpt_of_known_exploited_vulnerabilities_is_about_the_records() -> None:
    catalogue = json.loads((EXAMPLES / "advisories/known_exploited_vulnerabilities.json").read_text())
    named = {row["cveID"] for row in catalogue["vulnerabilities"]}
    assert catalogue["count"] == len(named) == 2
    assert named <= {alias for path in RECORDS for alias in record(path).get("aliases", [])}


def test_a_chain_of_three_brings_minimist() -> None:
    packages = json.loads((ORDERS / "web/package-lock.json").read_text())["packages"]
    assert "handlebars" in packages[""]["dependencies"]
    assert "optimist" in packages["node_modules/handlebars"]["dependencies"]
    assert "minimist" in packages["node_modules/optimist"]["dependencies"]
    assert "minimist" not in packages[""]["dependencies"]


def test_the_lockfiles_say_what_the_manifests_ask_for() -> None:
    manifest = json.loads((ORDERS / "web/package.json").read_text())
    lock = json.loads((ORDERS / "web/package-lock.json").read_text())
    assert lock["packages"][""]["dependencies"] == manifest["dependencies"]
    asked = tomllib.loads((ORDERS / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {("PyPI", *requirement.split("==")) for requirement in asked} <= pins()


def test_the_lockfiles_name_no_registry_but_the_made_up_one() -> None:
    for name in ("uv.lock", "web/package-lock.json"):
        assert set(HOST.findall((ORDERS / name).read_text())) == {"registry.example"}


def test_every_other_host_is_a_source_of_a_record_or_made_up() -> None:
    for path in files():
        hosts = set(HOST.findall(path.read_text())) - SOURCES
        if path.name != "known_exploited_vulnerabilities.json":  # the catalogue's own words
            assert {host for host in hosts if not host.endswith(".example")} == set(), path


# The forms that forges refuse a push for, or that would alarm somebody: none may stand in the tree.
PROVIDER_KEYS = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_|glpat-|xox[abprs]-|sk_live_|AIza[\w-]{35}|-----BEGIN|"
    r"eyJ[\w-]+\.eyJ|npm_[A-Za-z0-9]{36}|SG\.[\w-]{22}\."
)


def test_the_password_has_no_providers_form_and_nothing_else_looks_like_a_key() -> None:
    settings = yaml.safe_load((ORDERS / "config/settings.yaml").read_text())
    password = settings["database"]["password"]
    assert len(password) >= 16
    for path in files():
        text = path.read_text()
        assert PROVIDER_KEYS.search(text) is None, path
        assert (password in text) == (path.name == "settings.yaml"), path


def test_one_requirement_has_no_version() -> None:
    lines = [line for line in (ORDERS / "tools/requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if "==" not in line] == ["tabulate"]


def test_the_workflow_and_the_image_are_weak_on_purpose() -> None:
    workflow = (ORDERS / ".github/workflows/ci.yml").read_text()
    assert "pull_request_target" in yaml.safe_load(workflow)[True]
    assert "github.event.pull_request.head.sha" in workflow
    assert 'echo "Testing ${{ github.event.pull_request.title }}"' in workflow
    assert "@main" in workflow
    assert (ORDERS / "Dockerfile").read_text().startswith("FROM python:3.11\n")


def test_the_first_run_shows_each_kind_of_answer(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wardline", "check", "examples/orders", "--only", "dependencies", "--format", "json",
         "--advisories", "examples/advisories", "--kev", "examples/advisories/known_exploited_vulnerabilities.json"],
        cwd=EXAMPLES.parent,
        # 2026-11-24: between the two suppressions' last days
        env={**os.environ, "WARDLINE_CACHE": str(tmp_path), "SOURCE_DATE_EPOCH": "1795500000"},
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    found = {finding["package"]["name"]: finding for finding in report["findings"]}
    assert sorted(found) == [
        "@registry.example/telemetry", "certifi", "ecdsa", "handlebars", "jquery", "minimist", "pillow", "pyyaml",
        "urllib3", "werkzeug",
    ]  # fmt: skip
    assert found["@registry.example/telemetry"]["blocks"]
    assert found["minimist"]["severity"] == "critical"
    assert found["minimist"]["package"]["paths"] == [["handlebars@4.5.3", "optimist@0.6.1", "minimist@0.0.10"]]
    assert found["ecdsa"]["fix"] is None
    assert {name for name, finding in found.items() if finding["exploited"]} == {"jquery", "pillow"}
    assert set(found["certifi"]["advisories"]) == {"CVE-2022-23491", "GHSA-43fp-rhv2-5gv8", "PYSEC-2022-42986"}
    assert [finding["package"]["name"] for finding in report["suppressed"]] == ["python-jose"]
    assert [note for note in report["notes"] if "expired" in note and "urllib3" in note]
    assert [(gap["scope"], gap["units"]) for gap in report["gaps"]] == [("tools/requirements.txt:3", 1)]
