import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.findings.identity import (
    CodeContext,
    joined,
    of_code,
    of_configuration,
    of_dependency,
    of_dynamic,
    preference,
    repeated,
    route,
    rule_family,
)
from wardline.findings.report import Finding, Location, PackageRef


def dependency(*ids, name="jinja2", rule="vulnerable-dependency"):
    about = PackageRef("PyPI", name, "2.4", f"pkg:pypi/{name}@2.4")
    said = {"rule": rule, "title": "t", "severity": "high", "confidence": "high", "message": "m"}
    fingerprint = of_dependency(rule, "PyPI", name, ids[0])
    where = Location("resource", "x")
    return Finding(
        fingerprint=fingerprint, practice="dependencies", package=about, advisories=ids, location=where, **said
    )


def test_a_cve_goes_before_a_ghsa_before_others_before_private_ones():
    assert sorted(["x_A-1", "PYSEC-1", "GHSA-1", "CVE-9"], key=preference) == ["CVE-9", "GHSA-1", "PYSEC-1", "x_A-1"]


def test_spelling_and_release_make_no_other_dependency():
    one = of_dependency("vulnerable-dependency", "Debian:12", "zlib", "CVE-1")
    assert of_dependency("vulnerable-dependency", "Debian:13", "zlib", "CVE-1") == one
    python = of_dependency("vulnerable-dependency", "PyPI", "Zope.Interface", "CVE-1")
    assert of_dependency("vulnerable-dependency", "PyPI", "zope-interface", "CVE-1") == python
    assert len({one, python, of_dependency("vulnerable-dependency", "PyPI", "zope-interface", "CVE-2")}) == 3


@pytest.mark.parametrize(
    ("url", "template"),
    [
        ("https://x.example/users/17/files?q=1#f", "/users/{number}/files"),
        ("/a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/", "/a/{uuid}"),
        ("/a/d41d8cd98f00b204e9800998ecf8427e", "/a/{hash}"),
        ("/a/2026-11-23", "/a/{date}"),
        ("/a/Zm9vYmFyYmF6cXV4MTIzNDU2", "/a/{token}"),
        ("/deadbeef/facade/v2/users", "/deadbeef/facade/v2/users"),
        ("https://x.example", "/"),
        ("", "/"),
    ],
)
def test_ids_in_a_path_become_placeholders(url, template):
    assert route(url) == template


@given(st.text(max_size=60))
def test_a_template_is_its_own_template(url):
    assert route(route(url)) == route(url) or "://" in route(url)
    assert route(url).startswith("/")


def test_long_addresses_are_read_once():
    assert len(route("/a" * 1_000_000)) <= 5000
    assert len(route("/" + "a1" * 1_000_000)) <= 5000


def test_only_a_weakness_that_says_where_text_goes_is_a_family():
    assert rule_family(("CWE-77",), "a") == rule_family(("CWE-78", "CWE-20"), "b") == "sink:command-injection"
    assert rule_family(("CWE-693",), "a") != rule_family(("CWE-693",), "b")
    assert rule_family((), "a") == "rule:a"


def test_code_is_known_by_its_snippet_and_what_encloses_it():
    def identity(**context):
        return of_code("sink:x", "t/r", CodeContext(**{"path": "a.py", "snippet": "eval( x )", **context}))

    assert identity() == identity(snippet="\n  eval(x)\n  more\n", text="other", mark="m")
    assert identity() != identity(path="b.py")
    assert identity(symbol="pkg.f") == identity(symbol="pkg.f", path="b.py")
    assert identity(symbol="f") != identity(symbol="f", path="b.py")
    assert identity(snippet="", text="line 3") == identity(snippet="", text="line 90")
    assert identity(snippet="", mark="m") != identity(snippet="", mark="n")


def test_a_setting_may_move_between_the_files_of_its_folder():
    assert of_configuration("r", "aws.x", "infra/a.tf") == of_configuration("r", "aws.x", "infra/b.tf")
    assert of_configuration("r", "aws.x", "infra/a.tf") != of_configuration("r", "aws.x", "staging/a.tf")
    assert of_configuration("r", "", "infra/a.tf") != of_configuration("r", "", "infra/b.tf")


def test_methods_and_parameters_tell_routes_apart():
    assert of_dynamic("f", "get", "/a/1", "q") == of_dynamic("f", "GET", "https://h.example/a/2", "q")
    assert len({of_dynamic("f", *case) for case in [("GET", "/a", "q"), ("POST", "/a", "q"), ("GET", "/a", "r")]}) == 3
    assert repeated("x", 1) != repeated("x", 2)


def test_a_lesser_id_joins_the_one_bug_that_has_it():
    cve, ghsa = dependency("CVE-1", "GHSA-1"), dependency("GHSA-1")
    assert {one.fingerprint for one in joined([ghsa, cve])} == {cve.fingerprint}
    assert joined([ghsa])[0].fingerprint == ghsa.fingerprint


def test_what_could_be_two_bugs_stays_apart():
    alone = dependency("GHSA-1")
    found = joined([dependency("CVE-1", "GHSA-1"), dependency("CVE-2", "GHSA-1"), alone])
    assert found[2] == alone
    assert joined([dependency("CVE-1", "GHSA-1", name="other"), alone])[1] == alone


def test_what_is_known_keeps_its_identity_and_others_take_it():
    known = dependency("GHSA-1", "CVE-1")  # known under its lesser id, and that is what it stays
    assert joined([dependency("CVE-1")], [known])[0].fingerprint == known.fingerprint
