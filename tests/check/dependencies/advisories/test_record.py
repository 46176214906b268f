import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.check.dependencies.osv import below, member, record

from wardline.check.dependencies.advisories.record import UnreadableRecordError, compact, utc, written


def test_a_record_is_cut_down_to_what_matching_needs():
    document = record(
        "PYSEC-1",
        below("2.0", "Flask_Login", versions=["1.0"], database_specific={"source": "x" * 999}),
        aliases=["CVE-2024-1"],
        summary="It leaks",
        details="long",
        references=[{"type": "WEB", "url": "https://a.example"}, {"type": "ADVISORY", "url": "https://b.example"}],
        database_specific={"cwe_ids": ["CWE-79"], "severity": "HIGH"},
    )

    found = compact(document, "PYSEC-1.json")

    assert found.core._asdict() == {
        "id": "PYSEC-1",
        "modified": "2025-06-01T00:00:00",
        "published": "",
        "withdrawn": False,
        "same": ("CVE-2024-1",),
        "summary": "It leaks",
        "severity": "high",
        "vector": "",
        "cwe": ("CWE-79",),
        "malware": False,
        "url": "https://b.example",
        "entry": "PYSEC-1.json",
    }
    entry = {"versions": ["1.0"], "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]}
    assert found.members == [("PyPI", "flask-login", entry)]
    assert (found.flaws, found.silent) == ([], 0)


@pytest.mark.parametrize(
    "document", [None, [], "GHSA-1", {}, {"id": 1}, {"id": " "}, {"id": "x" * 300}, {"id": "a\nb"}]
)
def test_what_has_no_id_is_no_record(document):
    with pytest.raises(UnreadableRecordError):
        compact(document, "x.json")


@pytest.mark.parametrize(
    ("document", "flaw"),
    [
        ({"affected": {}}, "`affected` is not a list"),
        ({"affected": [3]}, "affected[0] is not an object"),
        ({"affected": [{"package": "flask"}]}, "affected[0] is not an object"),
        ({"affected": [{"package": {"ecosystem": "PyPI"}}]}, "affected[0] names no package"),
        ({"affected": [{"package": {"ecosystem": " ", "name": "x"}}]}, "affected[0] names no package"),
        ({"affected": [member("x", versions="1.0")]}, "affected[0].versions is not a list"),
        ({"affected": [member("x", versions=["1.0", 2])]}, "affected[0].versions holds what is no text"),
        ({"affected": [{**member("x"), "ranges": "all"}]}, "affected[0].ranges is not a list"),
        ({"affected": [{**member("x"), "ranges": [{"type": "WHO", "events": []}]}]}, "holds what is no range"),
        ({"affected": [{**member("x"), "ranges": [{"type": "SEMVER"}]}]}, "holds what is no range"),
        ({"aliases": "CVE-1"}, "`aliases` is not a list"),
        ({"aliases": ["CVE-1", 2]}, "`aliases` holds what is no id"),
    ],
)
def test_a_part_of_the_wrong_type_is_left_out_and_said(document, flaw):
    found = compact({"id": "A-1", **document}, "A-1.json")

    assert flaw in found.flaws[0]


def test_a_git_range_says_nothing_of_versions_and_is_no_flaw():
    git = {"type": "GIT", "repo": "https://a.example", "events": [{"introduced": "0"}]}

    found = compact(record("A-1", {**member("x"), "ranges": [git]}, {"ranges": [git]}), "A-1.json")

    assert (found.members, found.flaws, found.silent) == ([], [], 1)


def test_ids_lose_their_blanks_and_get_their_authorities_case():
    assert [written(one) for one in (" CVE-2026-49977 ", "cve-2020-1", "ghsa-ABCD-efgh-2345", "PYSEC-1")] == [
        "CVE-2026-49977",
        "CVE-2020-1",
        "GHSA-abcd-efgh-2345",
        "PYSEC-1",
    ]


def test_one_upstream_is_the_same_bug_and_several_are_an_update():
    assert compact({"id": "DEBIAN-CVE-1", "upstream": ["CVE-1"]}, "x").core.same == ("CVE-1",)
    assert compact({"id": "DSA-1", "upstream": ["CVE-1", "CVE-2"]}, "x").core.same == ()
    assert compact({"id": "A-1", "related": ["CVE-1"], "aliases": ["A-1"]}, "x").core.same == ()


@pytest.mark.parametrize(
    "document",
    [
        {"id": "MAL-2024-1"},
        {"id": "LWA-2026-1"},
        {"id": "GHSA-1", "database_specific": {"cwe_ids": ["CWE-506"]}},
        {"id": "A-1", "database_specific": {"malicious-packages-origins": []}},
        {"id": "A-1", "affected": [{"database_specific": {"cwes": [{"cweId": "CWE-506"}]}}]},
    ],
)
def test_malware_is_told_by_its_id_its_origin_or_its_weakness_and_is_critical(document):
    core = compact(document, "x").core

    assert (core.malware, core.severity) == (True, "critical")


def test_a_withdrawal_needs_a_time():
    assert compact({"id": "A-1", "withdrawn": "2024-01-01T00:00:00Z"}, "x").core.withdrawn
    assert not compact({"id": "A-1", "withdrawn": None}, "x").core.withdrawn


def test_times_compare_as_text_whatever_zone_they_came_in():
    times = ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z", "2024-01-01T02:00:01+02:00", "2024-01-01", "soon", 5]

    read = [utc(time) for time in times]

    assert read[0] < read[1] < read[2]
    assert read[3:] == ["2024-01-01T00:00:00", "", ""]


def test_without_a_summary_the_first_line_of_the_details_stands_in():
    assert compact({"id": "A-1", "details": "\n## Impact\nIt leaks"}, "x").core.summary == "Impact"
    assert compact({"id": "A-1", "summary": "a\x1b[31mb"}, "x").core.summary == "a\\x1b[31mb"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a b", "file:///etc/passwd", 7, "https://" + "a" * 3000]
)
def test_only_plain_web_addresses_are_references(url):
    assert not compact({"id": "A-1", "references": [{"type": "ADVISORY", "url": url}]}, "x").core.url


def test_a_member_keeps_its_own_severity_and_a_suffix_of_its_ecosystem():
    said = below(
        "1", "drupal/x", ecosystem="Packagist:https://repo.example", severity=[{"type": "CVSS_V3", "score": "9.8"}]
    )

    (found,) = compact(record("DRUPAL-1", said), "x").members

    assert found.entry["ecosystem"] == "Packagist:https://repo.example"
    assert found.entry["severity"] == ["critical", "9.8"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from(
    [
        "affected",
        "aliases",
        "upstream",
        "modified",
        "withdrawn",
        "summary",
        "details",
        "references",
        "database_specific",
    ]
)


@given(st.dictionaries(keys, json_values), json_values, json_values)
def test_any_json_with_an_id_is_survived(document, package, part):
    document.setdefault("affected", [{"package": package, "ranges": [part], "versions": part}, package])

    assert compact({"id": "A-1", **document}, "x").core.id == "A-1"
