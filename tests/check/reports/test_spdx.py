import json

import pytest
import samples
from validation import complaints

from wardline.check.reports.spdx import render
from wardline.findings.inventory import Inventory
from wardline.findings.report import Report

SCHEMA = "spdx-schema-2.3.json"


def sbom(report=None, **changes):
    return json.loads(render(report or samples.report(), samples.subject(**changes)))


@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.hostile(), samples.empty_pass(), samples.cannot_say(), samples.nothing_examined()],
)
def test_every_sbom_is_valid_spdx(report):
    assert complaints(SCHEMA, render(report, samples.subject())) == []
    assert complaints(SCHEMA, render(report, samples.hostile_subject())) == []


def test_an_empty_tree_is_a_valid_sbom():
    document = render(Report(), samples.subject(inventory=Inventory(needs={})))
    assert complaints(SCHEMA, document) == []
    assert len(json.loads(document)["packages"]) == 1


def test_a_package_has_its_purl_and_its_places():
    (requests,) = [one for one in sbom()["packages"] if one["name"] == "requests"]
    assert requests["externalRefs"][0] == {
        "referenceCategory": "PACKAGE-MANAGER",
        "referenceType": "purl",
        "referenceLocator": "pkg:pypi/requests@2.19.0",
    }
    assert requests["versionInfo"] == "2.19.0"
    assert requests["sourceInfo"] == "locked in uv.lock:123, legacy/requirements.txt:1"


def test_what_was_not_looked_at_is_not_asserted():
    for package in sbom()["packages"]:
        assert package["licenseConcluded"] == package["downloadLocation"] == package["supplier"] == "NOASSERTION"
        assert package["filesAnalyzed"] is False


def test_relationships_tell_direct_from_transitive_and_unknown_from_none():
    document = sbom()
    names = {one["SPDXID"]: one["name"] for one in document["packages"]}
    rows = {
        (
            names.get(one["spdxElementId"]),
            one["relationshipType"],
            names.get(one["relatedSpdxElement"], one["relatedSpdxElement"]),
        )
        for one in document["relationships"]
    }
    assert (None, "DESCRIBES", "shop") in rows
    assert ("shop", "DEPENDS_ON", "api-client") in rows
    assert ("shop", "CONTAINS", "requests") in rows
    assert ("api-client", "DEPENDS_ON", "requests") in rows
    assert ("minimist", "DEPENDS_ON", "NONE") in rows
    assert ("django", "DEPENDS_ON", "NOASSERTION") in rows


def test_every_reference_leads_somewhere():
    for document in (sbom(), json.loads(render(samples.hostile(), samples.hostile_subject()))):
        ids = {one["SPDXID"] for one in document["packages"]} | {"SPDXRef-DOCUMENT", "NONE", "NOASSERTION"}
        named = {one[end] for one in document["relationships"] for end in ("spdxElementId", "relatedSpdxElement")}
        assert named <= ids


def test_a_known_vulnerability_is_a_security_reference():
    (minimist,) = [one for one in sbom()["packages"] if one["name"] == "minimist"]
    assert minimist["externalRefs"][1] == {
        "referenceCategory": "SECURITY",
        "referenceType": "advisory",
        "referenceLocator": "https://osv.dev/vulnerability/GHSA-xvch-5gv4-984h",
    }


def test_a_gap_is_annotated():
    document = sbom()
    assert document["comment"].startswith("Incomplete")
    assert "legacy/requirements.txt was not examined" in document["annotations"][1]["comment"]
    assert "annotations" not in sbom(Report(), inventory=Inventory(needs={}))


def test_the_namespace_is_that_of_the_contents_and_no_strangers_text():
    assert sbom()["documentNamespace"] == sbom()["documentNamespace"]
    assert sbom()["documentNamespace"] != sbom(revision="another")["documentNamespace"]
    odd = sbom(name="../../a b#<script>")["documentNamespace"]
    assert odd.startswith("https://spdx.org/spdxdocs/a-b-script-")
