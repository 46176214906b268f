import json

import pytest
from tests.check.dependencies.osv import below, bucket, loose, member, record

from wardline.check.dependencies.advisories import index, ranking
from wardline.check.dependencies.matching import Unjudged, match, repair
from wardline.check.dependencies.model import Package

V3_HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def known(tmp_path):
    def of(*records, **by_ecosystem):
        source = tmp_path / "source"
        if by_ecosystem:
            return index.ready(bucket(source, **by_ecosystem))
        return index.ready(loose(source, *records))

    return of


def flask(version="1.0"):
    return Package("PyPI", "Flask", version)


def npm(version):
    return Package("npm", "a", version)


def test_one_bug_under_three_ids_is_one_match(known):
    found = known(
        record("PYSEC-1", below("2.0"), aliases=["CVE-2024-1"], modified="2025-01-01T00:00:00Z"),
        record(
            "GHSA-1",
            below("2.0"),
            aliases=["CVE-2024-1"],
            summary="It leaks",
            severity=[{"type": "CVSS_V3", "score": V3_HIGH}],
            references=[{"type": "ADVISORY", "url": "https://a.example"}],
            database_specific={"cwe_ids": ["CWE-79", "CWE-20"]},
        ),
        record("x_FOO-1", below("2.0"), aliases=["GHSA-1"], summary="It may leak"),
    )

    (one,) = match(found, [flask()]).matches

    assert one.ids == ("CVE-2024-1", "GHSA-1", "PYSEC-1", "x_FOO-1")
    assert (one.package, one.id, one.covers, one.summary) == (0, "CVE-2024-1", (), "It leaks")
    assert (one.severity, one.vector, one.cwe) == ("high", V3_HIGH, ("CWE-20", "CWE-79"))
    assert (one.fixed, one.url, one.malware) == ("2.0", "https://a.example", False)
    assert one.modified == "2025-06-01T00:00:00"


def test_a_version_that_no_record_affects_has_no_match(known):
    found = known(record("GHSA-1", below("2.0")))

    assert match(found, [flask("2.0"), Package("PyPI", "other", "1.0"), Package("npm", "flask", "1.0")]).matches == []


def test_a_withdrawn_record_is_not_matched(known):
    assert match(known(record("A-1", below("2.0"), withdrawn="2024-01-01T00:00:00Z")), [flask()]).matches == []


def test_the_bug_affects_where_any_record_says_so_and_is_fixed_where_none_does(known):
    found = known(
        record("GHSA-1", below("2.0"), aliases=["CVE-2024-1"]), record("PYSEC-1", below("2.1"), aliases=["CVE-2024-1"])
    )

    first, second = match(found, [flask("1.0"), flask("2.0.5")]).matches

    assert (first.fixed, second.fixed, second.ids) == ("2.1", "2.1", ("CVE-2024-1", "GHSA-1", "PYSEC-1"))


def test_without_a_fix_there_is_none(known):
    found = known(record("A-1", member("flask", {"introduced": "0"}, {"last_affected": "3.0"})))

    assert match(found, [flask()]).matches[0].fixed is None
    assert repair(found, "PyPI", "flask", "1.0") is None


def test_a_record_of_several_bugs_is_a_match_of_its_own_unless_each_has_one(known):
    lump = record("RUSTSEC-1", below("2.0"), aliases=["CVE-2024-1", "CVE-2024-2"])
    one = record("GHSA-1", below("2.0"), aliases=["CVE-2024-1"])
    other = record("GHSA-2", below("1.5"), aliases=["CVE-2024-2"])
    found = known(lump, one, other)

    both, only_one = (match(found, [flask(version)]).matches for version in ("1.0", "1.7"))

    assert [one.ids for one in both] == [("CVE-2024-1", "GHSA-1", "RUSTSEC-1"), ("CVE-2024-2", "GHSA-2", "RUSTSEC-1")]
    assert [(one.ids, one.covers) for one in only_one] == [
        (("CVE-2024-1", "GHSA-1"), ()),
        (("RUSTSEC-1", "CVE-2024-1", "CVE-2024-2"), ("CVE-2024-1", "CVE-2024-2")),
    ]


def test_the_bug_is_as_bad_as_its_worst_record_says_even_one_about_another_ecosystem(known):
    found = known(
        record("PYSEC-1", below("2.0"), aliases=["CVE-2024-1"]),
        record(
            "GO-1", below("2.0", "x", ecosystem="Go"), aliases=["CVE-2024-1"], database_specific={"severity": "HIGH"}
        ),
    )

    assert match(found, [flask()]).matches[0].severity == "high"


def test_a_members_own_severity_counts(known):
    found = known(record("DRUPAL-1", below("2.0", severity=[{"type": "CVSS_V3", "score": V3_HIGH}])))

    assert (match(found, [flask()]).matches[0].severity, match(found, [flask()]).matches[0].vector) == ("high", V3_HIGH)


def test_a_word_that_is_worse_leaves_the_vector_of_what_has_one(known):
    found = known(
        record("PYSEC-1", below("2.0", severity=[{"type": "CVSS_V3", "score": V3_HIGH}])),
        record("PYSEC-2", below("2.0"), aliases=["PYSEC-1"], database_specific={"severity": "CRITICAL"}),
    )

    assert [(one.severity, one.vector) for one in match(found, [flask()]).matches] == [("critical", V3_HIGH)]


def test_a_bug_that_nobody_rated_is_unknown(known):
    assert match(known(record("A-1", below("2.0"))), [flask()]).matches[0].severity == "unknown"


def test_malware_is_flagged_critical_and_first(known):
    found = known(
        record("CVE-2024-1", below("2.0")),
        record("MAL-1", {**member("flask"), "versions": ["1.0"]}),
    )

    matches = match(found, [flask(), flask("1.1")]).matches

    assert [(one.package, one.id, one.malware, one.severity) for one in matches] == [
        (0, "MAL-1", True, "critical"),
        (0, "CVE-2024-1", False, "unknown"),
        (1, "CVE-2024-1", False, "unknown"),
    ]


def test_malware_does_not_make_its_alias_in_another_package_malware(known):
    found = known(
        record("MAL-1", below("9", "evil"), aliases=["CVE-2024-1"]),
        record("GHSA-1", below("2.0"), aliases=["CVE-2024-1"]),
    )

    (one,) = match(found, [flask()]).matches

    assert (one.malware, one.severity) == (False, "unknown")


class TestABoundThatCannotBeRead:
    unfixed = member("a", {"introduced": "0"}, {"fixed": "~"}, ecosystem="npm")

    def test_alone_it_leaves_the_package_unjudged(self, known):
        found = match(known(record("x_RETIRE-1", self.unfixed)), [npm("1.0.0"), npm("9.0.0")])

        assert found.matches == []
        reason = "the advisory's bound '~' cannot be read"
        assert found.unjudged == [Unjudged(0, reason, ("x_RETIRE-1",)), Unjudged(1, reason, ("x_RETIRE-1",))]

    def test_a_legible_record_of_the_same_bug_is_believed(self, known):
        found = known(
            record("x_RETIRE-1", self.unfixed, aliases=["CVE-2024-1"]),
            record("GHSA-1", below("2.0.0", "a", ecosystem="npm"), aliases=["CVE-2024-1"]),
        )

        matching = match(found, [npm("1.0.0"), npm("3.0.0")])

        assert [one.package for one in matching.matches] == [0]
        assert matching.matches[0].fixed is None  # what the illegible record says of 2.0 cannot be told
        assert matching.unjudged == []

    def test_a_record_of_another_bug_is_not(self, known):
        found = known(record("x_RETIRE-1", self.unfixed), record("GHSA-1", below("2.0.0", "a", ecosystem="npm")))

        assert [one.ids for one in match(found, [npm("3.0.0")]).unjudged] == [("x_RETIRE-1",)]

    def test_it_does_not_matter_for_a_version_that_it_cannot_reach(self, known):
        found = known(
            record("x_RETIRE-1", member("a", {"introduced": "1.4.0-*!"}, {"fixed": "1.4.2"}, ecosystem="npm"))
        )

        assert match(found, [npm("2.0.0")]).unjudged == []
        assert [one.package for one in match(found, [npm("1.4.1"), npm("1.4.2")]).unjudged] == [0]

    def test_the_list_of_versions_confirms_it(self, known):
        found = match(known(record("x_RETIRE-1", {**self.unfixed, "versions": ["1.0.0"]})), [npm("1.0.0")])

        assert ([one.id for one in found.matches], found.unjudged) == (["x_RETIRE-1"], [])


def test_a_version_that_cannot_be_read_is_unjudged_unless_it_is_listed(known):
    found = known(
        record("GHSA-1", below("2.0.0", "a", ecosystem="npm")),
        record("GHSA-2", below("3.0.0", "a", ecosystem="npm")),
        record("GHSA-3", {**member("a", ecosystem="npm"), "versions": ["not a version"]}),
    )

    matching = match(found, [npm("not a version")])

    assert [one.id for one in matching.matches] == ["GHSA-3"]
    assert [(one.package, one.ids) for one in matching.unjudged] == [(0, ("GHSA-1", "GHSA-2"))]
    assert "not a version" in matching.unjudged[0].reason


def test_ecosystems_without_advisories_are_told_with_their_packages(known):
    found = known(PyPI=[record("A-1", below("2.0"), below("9", "x", ecosystem="Maven"))])
    packages = [flask(), Package("npm", "a", "1"), Package("npm", "b", "1"), Package("Maven", "x", "1")]

    matching = match(found, packages)

    assert matching.uncovered == {"npm": [1, 2], "Maven": [3]}
    assert matching.data_dates == {"PyPI": "2025-06-01T00:00:00"}
    assert [one.package for one in matching.matches] == [0, 3]


def test_the_same_package_twice_is_matched_twice(known):
    matches = match(known(record("A-1", below("2.0"))), [flask(), flask("3.0"), flask()]).matches

    assert [one.package for one in matches] == [0, 2]


def test_a_release_of_a_distribution_is_held_against_its_own_records(known):
    found = known(
        record("DSA-1", below("2.0", "curl", ecosystem="Debian:12")),
        record("DSA-2", below("2.0", "curl", ecosystem="Debian:11")),
    )

    (one,) = match(found, [Package("Debian:12", "curl", "1.0")]).matches

    assert one.id == "DSA-1"


def test_ranks_follow_every_id_of_the_bug(known, tmp_path):
    catalogue = tmp_path / "kev.json"
    catalogue.write_text(json.dumps({"vulnerabilities": [{"cveID": "CVE-2024-0002", "dateAdded": "2024-02-03"}]}))
    scores = tmp_path / "epss.csv"
    scores.write_text("CVE-2024-0001,0.25\nCVE-2024-0002,0.5\n")
    found = known(
        record("GHSA-1", below("2.0"), aliases=["CVE-2024-0001"]),
        record("GO-1", below("2.0"), aliases=["CVE-2024-0001", "CVE-2024-0002"]),
    )

    one, lump = match(found, [flask()], ranking.ready(catalogue, scores)).matches

    assert (one.exploited, one.epss) == (None, 0.25)
    assert (lump.exploited.since, lump.epss) == ("2024-02-03", 0.5)


class TestRepair:
    def test_it_is_the_lowest_version_that_no_record_affects(self, known):
        found = known(
            record("A-1", below("1.2")),
            record("A-2", member("flask", {"introduced": "1.1"}, {"fixed": "1.5"})),
            record("MAL-1", {**member("flask"), "versions": ["1.5"]}),
            record("A-3", below("1.6")),
        )

        assert repair(found, "PyPI", "Flask", "1.0") == "1.6"

    def test_the_same_major_version_goes_first(self, known):
        found = known(
            record("A-1", below("2.0")),
            record(
                "A-2", member("flask", {"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"fixed": "3.1"})
            ),
            record(
                "A-3", member("flask", {"introduced": "0"}, {"fixed": "1.9"}, {"introduced": "2.0"}, {"fixed": "2.1"})
            ),
        )

        assert repair(found, "PyPI", "flask", "1.0") == "2.1"
        assert (
            repair(known(record("B-1", below("1.9", "b")), record("B-2", below("2.0", "b"))), "PyPI", "b", "1") == "2.0"
        )

    def test_a_pre_release_is_for_those_who_have_one(self, known):
        found = known(
            record("A-1", member("flask", {"introduced": "0"}, {"fixed": "2.0rc1"})), record("A-2", below("2.0"))
        )
        only = known(
            record("A-1", member("flask", {"introduced": "0"}, {"fixed": "2.0rc1"})), record("A-2", below("1.5"))
        )

        assert repair(found, "PyPI", "flask", "1.0") == "2.0"
        assert repair(only, "PyPI", "flask", "1.0") is None
        assert repair(only, "PyPI", "flask", "2.0rc0") == "2.0rc1"

    def test_a_package_or_version_that_nobody_knows_has_none(self, known):
        found = known(record("A-1", below("2.0")), record("A-2", below("2.0.0", "a", ecosystem="npm")))

        assert repair(found, "PyPI", "other", "1.0") is None
        assert repair(found, "npm", "a", "not a version") is None
        assert repair(found, "Nowhere", "flask", "1.0") is None

    def test_thousands_of_records_that_refuse_every_candidate_end(self, known):
        many = [record(f"A-{number}", below(f"1.{number}")) for number in range(1, 1200)]
        never = [record(f"B-{number}", member("flask", {"introduced": "0"})) for number in range(300)]

        assert repair(known(PyPI=[*many, *never]), "PyPI", "flask", "1.0") is None
