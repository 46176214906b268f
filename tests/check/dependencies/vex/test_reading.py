import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline.check.dependencies.vex.model import Statement, VexError
from wardline.check.dependencies.vex.reading import read
from wardline.findings.report import Suppression

LODASH = "pkg:npm/lodash@4.17.10"


def openvex(*statements, **more):
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Ann", "timestamp": "2025-01-01T00:00:00Z"}
    return json.dumps({**document, "statements": statements, **more}).encode()


def statement(**more):
    return {
        "vulnerability": {"name": "CVE-2024-1"},
        "products": [{"@id": LODASH}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_present",
        **more,
    }


def cyclonedx(*vulnerabilities, components=(), **more):
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components), **more}
    return json.dumps({**document, "vulnerabilities": vulnerabilities}).encode()


def analysis(state="not_affected", **more):
    return {"state": state, "justification": "code_not_reachable", **more}


class TestOpenVex:
    def test_a_statement_says_what_about_which(self):
        said = statement(
            vulnerability={
                "@id": "https://osv.dev/vulnerability/GHSA-ABCD",
                "name": "cve-2024-1",
                "aliases": ["PYSEC-1"],
            },
            impact_statement="we strip it",
        )

        assert read(openvex(said), "vex.json") == [
            Statement(
                ids=("CVE-2024-1", "GHSA-abcd", "PYSEC-1"),
                products=(LODASH,),
                status="not_affected",
                reason="vulnerable_code_not_present; we strip it",
                timestamp="2025-01-01T00:00:00",
                source="vex.json",
                author="Ann",
            )
        ]

    def test_the_string_forms_of_old_documents_are_read(self):
        (found,) = read(openvex(statement(vulnerability="CVE-2024-1", products=[LODASH])), "x")

        assert (found.ids, found.products) == (("CVE-2024-1",), (LODASH,))

    def test_a_product_is_its_id_and_its_purl(self):
        product = {"@id": "https://a.example/shop", "identifiers": {"purl": LODASH}}

        assert read(openvex(statement(products=[product])), "x")[0].products == ("https://a.example/shop", LODASH)

    def test_subcomponents_are_the_products_within_a_scope(self):
        product = {"@id": "pkg:generic/shop", "subcomponents": [{"@id": LODASH}]}

        (found,) = read(openvex(statement(products=[product])), "x")

        assert (found.products, found.scopes) == ((LODASH,), ("pkg:generic/shop",))

    def test_a_statements_own_times_go_before_the_documents(self):
        said = statement(timestamp="2025-02-01T00:00:00Z", last_updated="2025-03-01T00:00:00+01:00")

        assert read(openvex(said), "x")[0].timestamp == "2025-02-28T23:00:00"

    @pytest.mark.parametrize(
        ("said", "flaw"),
        [
            (3, "has no known status"),
            (statement(status="perhaps"), "has no known status"),
            (statement(status=["fixed"]), "has no known status"),
            (statement(vulnerability={}), "names no vulnerability"),
            (statement(products=[]), "names no product"),
            (statement(products=[{}]), "names a product without an id"),
            (statement(justification="", impact_statement=" "), "without a justification"),
        ],
    )
    def test_a_statement_that_cannot_be_understood_suppresses_nothing_and_is_noted(self, said, flaw):
        flaws = []

        found = read(openvex(said, statement()), "x", flaws=flaws)

        assert flaw in flaws[0]
        assert [one.suppresses for one in found][-1]
        assert sum(one.suppresses for one in found) == 1


COMPONENT = {"bom-ref": "c1", "purl": LODASH}


class TestCycloneDx:
    def vulnerability(self, **more):
        return {"id": "CVE-2024-1", "analysis": analysis(), "affects": [{"ref": "c1"}], **more}

    @pytest.mark.parametrize(
        ("state", "status"),
        [
            ("exploitable", "affected"),
            ("in_triage", "under_investigation"),
            ("false_positive", "not_affected"),
            ("not_affected", "not_affected"),
            ("resolved", "fixed"),
            ("resolved_with_pedigree", "fixed"),
        ],
    )
    def test_states_become_statuses(self, state, status):
        (found,) = read(cyclonedx(self.vulnerability(analysis=analysis(state)), components=[COMPONENT]), "x")

        assert (found.status, found.products, found.reason) == (status, (LODASH,), "code_not_reachable")

    def test_components_are_found_wherever_they_are(self):
        nested = {"components": [{"components": [COMPONENT]}]}
        vulnerability = self.vulnerability(
            references=[{"id": "GHSA-1"}],
            affects=[{"ref": "c1"}, {"ref": LODASH}, {"ref": "urn:cdx:3e671687/1#pkg%3Anpm%2Fother%401"}],
        )

        found = read(cyclonedx(vulnerability, components=[nested]), "x")

        assert [one.products for one in found] == [(LODASH,), (LODASH,), ("pkg:npm/other@1",)]
        assert found[0].ids == ("CVE-2024-1", "GHSA-1")

    def test_the_product_itself_stands_for_all_its_components(self):
        document = cyclonedx(self.vulnerability(affects=[{"ref": "me"}]), metadata={"component": {"bom-ref": "me"}})

        assert read(document, "x")[0].products == ()

    def test_listed_versions_are_said_one_by_one(self):
        versions = [{"version": "1.0"}, {"version": "2.0", "status": "unaffected"}, {"range": "vers:npm/<3"}]
        vulnerability = self.vulnerability(
            affects=[{"ref": "c1", "versions": versions}], analysis=analysis("exploitable")
        )
        flaws = []

        document = cyclonedx(vulnerability, components=[{"bom-ref": "c1", "purl": "pkg:npm/%40a/b"}])
        found = read(document, "x", flaws=flaws)

        assert [(one.products, one.status) for one in found] == [
            (("pkg:npm/%40a/b@1.0",), "affected"),
            (("pkg:npm/%40a/b@2.0",), "not_affected"),
        ]
        assert "range of versions" in flaws[0]

    def test_a_vulnerability_without_an_analysis_states_nothing(self):
        assert read(cyclonedx({"id": "CVE-1", "affects": [{"ref": "c1"}]}, components=[COMPONENT]), "x") == []

    @pytest.mark.parametrize(
        ("change", "flaw"),
        [
            ({"analysis": {"state": "maybe"}}, "no known state"),
            ({"id": None}, "no id"),
            ({"affects": []}, "affects nothing"),
            ({"affects": [{"ref": "c9"}, 3]}, "which is not in it"),
            ({"analysis": {"state": "not_affected"}}, "without a justification"),
        ],
    )
    def test_what_cannot_be_understood_suppresses_nothing_and_is_noted(self, change, flaw):
        flaws = []

        found = read(cyclonedx(self.vulnerability(**change), components=[COMPONENT]), "x", flaws=flaws)

        assert flaw in flaws[0]
        assert not any(one.suppresses for one in found)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"bomFormat": "SPDX"}', b"\xff", b'{"a": 1, "a": 2}'])
def test_what_is_no_vex_document_is_an_error_that_names_it(data):
    with pytest.raises(VexError, match=r"vex\.json"):
        read(data, "vex.json")


def test_a_report_says_the_status_first():
    said = Statement(("CVE-1",), (), "not_affected", "component_not_present; gone", source="vex.json")

    expected = Suppression(source="vex.json", reason="not_affected: component_not_present; gone", until=None)
    assert said.suppression() == expected
    assert said._replace(status="fixed", reason="").suppression().reason == "fixed"


values = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.sampled_from(["fixed", "not_affected", "CVE-1", LODASH, "c1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "status",
                    "products",
                    "vulnerability",
                    "@id",
                    "subcomponents",
                    "analysis",
                    "state",
                    "affects",
                    "ref",
                    "id",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(st.lists(values, max_size=4))
def test_any_json_in_a_document_is_survived(rows):
    read(openvex(*rows), "x")
    read(cyclonedx(*rows, components=rows, metadata=rows), "x")
