import pytest

from wardline.check.dependencies.vex.applying import Statements, applies
from wardline.check.dependencies.vex.model import Statement

LODASH = "pkg:npm/lodash@4.17.10"
IDS = ("CVE-2024-1", "GHSA-aaaa")


def said(*products, ids=("CVE-2024-1",), status="not_affected", reason="component_not_present", **more):
    return Statement(ids, products or (LODASH,), status, reason, **more)


@pytest.mark.parametrize(
    ("status", "reason", "holds"),
    [
        ("not_affected", "component_not_present", True),
        ("not_affected", "", False),
        ("fixed", "", True),
        ("affected", "x", False),
        ("under_investigation", "x", False),
    ],
)
def test_only_a_reasoned_not_affected_and_fixed_suppress(status, reason, holds):
    assert (applies([said(status=status, reason=reason)], LODASH, IDS) is not None) is holds


@pytest.mark.parametrize(
    ("product", "purl", "about"),
    [
        (LODASH, LODASH, True),
        ("pkg:npm/lodash", LODASH, True),
        ("pkg:npm/lodash@4.17.11", LODASH, False),
        ("pkg:npm/underscore", LODASH, False),
        ("pkg:pypi/lodash", LODASH, False),
        ("pkg:PYPI/Flask_Login@1.0", "pkg:pypi/flask-login@1.0.0", True),
        ("pkg:npm/@a/b@1", "pkg:npm/%40a/b@1", True),
        ("pkg:maven/org.a/b@1?type=jar", "pkg:maven/org.a/b@1", False),
        ("pkg:maven/org.a/b@1?type=jar", "pkg:maven/org.a/b@1?type=jar&classifier=x", True),
        ("pkg:deb/debian/curl", "pkg:deb/debian/curl@1?distro=debian-12", True),
        ("pkg:deb/debian/curl?distro=debian-11", "pkg:deb/debian/curl@1?distro=debian-12", False),
        ("pkg:generic/thing@1", "pkg:generic/thing@1", True),
        ("https://a.example", LODASH, False),
        ("pkg:npm/lodash@not a version", LODASH, False),
    ],
)
def test_a_purl_is_about_every_package_that_has_all_it_names(product, purl, about):
    assert (applies([said(product)], purl, IDS) is not None) is about


@pytest.mark.parametrize(("identifier", "about"), [("GHSA-AAAA", True), ("CVE-2024-2", False)])
def test_any_id_of_the_bug_will_do(identifier, about):
    assert (applies([said(ids=(identifier,))], LODASH, IDS) is not None) is about


def test_the_latest_statement_holds_even_where_it_suppresses_nothing():
    old = said(timestamp="2024-01-01T00:00:00")
    new = said(status="affected", timestamp="2025-01-01T00:00:00")

    assert applies([new, old], LODASH, IDS) is None
    assert applies([new, old._replace(timestamp="2025-01-02T00:00:00")], LODASH, IDS).status == "not_affected"
    assert Statements([old, new]).latest(LODASH, IDS) == new


def test_of_statements_made_at_one_time_the_careful_one_holds():
    rows = [said(status="fixed"), said(status="under_investigation"), said()]

    assert applies(rows, LODASH, IDS) is None


def test_a_newer_statement_about_another_package_or_bug_changes_nothing():
    others = [
        said("pkg:npm/underscore", status="affected", timestamp="2026-01-01T00:00:00"),
        said(ids=("CVE-2024-9",), status="affected", timestamp="2026-01-01T00:00:00"),
    ]

    assert applies([said(), *others], LODASH, IDS) is not None


class TestABugReportedWithOthers:
    ids = ("RUSTSEC-1", "CVE-2024-1", "CVE-2024-2")

    def test_one_of_them_being_harmless_hides_nothing(self):
        assert applies([said()], LODASH, self.ids) is None
        assert applies([said()], LODASH, ("RUSTSEC-1",), covers=("CVE-2024-1", "CVE-2024-2")) is None

    def test_all_of_them_being_harmless_does(self):
        assert applies([said(), said(ids=("CVE-2024-2",))], LODASH, self.ids) is not None

    def test_a_statement_about_the_report_itself_does(self):
        assert applies([said(ids=("RUSTSEC-1",))], LODASH, self.ids) is not None
        assert applies([said(ids=("RUSTSEC-1",), status="affected"), said()], LODASH, self.ids) is None


class TestScopes:
    def test_a_repository_an_image_or_an_iri_is_what_is_examined(self):
        for scope in ("pkg:generic/shop", "pkg:oci/shop@sha256:1", "https://a.example/shop"):
            assert applies([said(scopes=(scope,))], LODASH, IDS) is not None

    def test_a_package_of_a_registry_is_not_unless_it_is_named(self):
        rows = [said(scopes=("pkg:npm/express@4",))]

        assert applies(rows, LODASH, IDS) is None
        assert Statements(rows, products=["pkg:npm/express"]).suppressing(LODASH, IDS) is not None
        assert Statements(rows, products=["pkg:npm/express@5"]).suppressing(LODASH, IDS) is None

    def test_the_whole_product_covers_every_component(self):
        whole = said()._replace(products=())

        assert applies([whole], LODASH, IDS) is not None
        assert applies([whole._replace(scopes=("pkg:generic/shop",))], LODASH, IDS) is None


def test_ten_thousand_statements_are_asked_in_no_time():
    rows = Statements(said(ids=(f"CVE-2024-{number}",)) for number in range(10_000))

    assert all(rows.suppressing(LODASH, (f"CVE-2024-{number}",)) for number in range(10_000))
