from tests.findings.importers.reports import OSV_GROUP, OSV_RECORD, findings, gaps, osv


def test_a_group_is_one_finding_under_its_canonical_id():
    other = {"id": "PYSEC-2019-217", "aliases": ["CVE-2019-10906"]}
    (found,) = findings(osv(OSV_RECORD, other, groups=[OSV_GROUP]), root="/srv/tree")
    assert found.advisories == ("CVE-2019-10906", "GHSA-462w-v97r-4m45", "PYSEC-2019-217")
    assert (found.severity, found.file, found.fix.version) == ("high", "requirements.txt", "2.10.1")


def test_without_a_group_each_record_stands_for_itself_and_an_unrated_one_is_unknown():
    found = findings(osv(OSV_RECORD, {"id": "OSV-1"}))
    assert [one.severity for one in found] == ["unknown", "unknown"]


def test_a_repository_without_a_name_is_known_by_its_commit():
    document = osv({"id": "OSV-2021-1"})
    document["results"][0]["packages"][0]["package"] = {
        "name": "",
        "version": "",
        "ecosystem": "",
        "commit": "f5f3c22f",
    }
    assert findings(document)[0].package.name == "f5f3c22f"


def test_a_vulnerability_without_an_id_is_counted_as_not_read():
    (gap,) = gaps(osv({"summary": "?"}, {"id": None}))
    assert gap.units == 2
