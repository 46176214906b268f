import json

from wardline.findings.model import Query, Upload
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page
from wardline.web.routes.estate import packages


def test_a_service_shows_its_tier_and_why_and_who_answers(sign_in, organisation):
    one = organisation.services.catalog.service(organisation.who("admin"), "orders")
    said = sign_in("security").page("/services/orders").words
    assert f"Tier {one.tier}" in said
    for fact in one.tier_facts:
        assert fact in said
    assert one.tier_argument in said
    assert "Checkout" in said
    assert "Exposure, the last 90 days" in said
    assert "production" in said


def test_a_tier_is_argued_with_an_argument(sign_in, organisation):
    browser = sign_in("security")
    refused = browser.send("/services/pricing/tier", tier="2", argument=" ")
    assert refused.status_code == 422
    assert browser.send("/services/pricing/tier", tier="9", argument="x").status_code == 422
    assert (
        browser.send("/services/pricing/tier", tier="2", argument="Baskets show no price without it.").status_code
        == 303
    )
    assert organisation.services.catalog.service(organisation.who("admin"), "pricing").tier_claimed == 2
    assert "Baskets show no price without it." in browser.page("/services/pricing").words


def test_services_are_found_by_name_and_team(sign_in, organisation):
    browser = sign_in("security")
    assert "/services/vouchers" in browser.page("/services?q=vouch").links
    assert "/services/orders" not in browser.page("/services?q=vouch").links
    team = organisation.teams["identity"]
    listed = [link for link in browser.page(f"/services?team={team}").links if link.startswith("/services/")]
    assert listed == ["/services/sign-in"]
    exported = json.loads(browser.get(f"/services.json?team={team}").text)
    assert [one["slug"] for one in exported] == ["sign-in"]


def test_a_service_that_is_not_there_is_a_page_with_the_way_out(sign_in):
    assert sign_in("security").get("/services/none").status_code == 404


def test_a_service_of_another_team_is_shown_without_what_is_wrong_with_it(sign_in, organisation):
    catalog, lead = organisation.services.catalog, organisation.who("lead")
    rows = catalog.services(PLATFORM, None, Page(100)).rows
    theirs = next(one for one in rows if one.team not in lead.teams)
    page = sign_in("lead").page(f"/services/{theirs.slug}")
    assert f"What is wrong with {theirs.name} is shown to its team" in page.words
    assert theirs.team_name in page.words
    assert not [link for link in page.links if link.startswith("/findings/fnd-")]
    assert "Open findings" not in page.words


def test_packages_are_listed_once_a_version_with_what_repairs_them(organisation):
    rows = organisation.services.findings.list(PLATFORM, Query(practices=frozenset({"dependencies"})), Page(500)).rows
    found = packages(rows)
    assert sum(one.findings for one in found) == len(rows)
    keys = [(one.ecosystem, one.name, one.version) for one in found]
    assert len(keys) == len(set(keys))
    assert found[0].worst in {"critical", "high"}
    for one in found:
        fixes = {row.attributes.fix.version for row in rows if row.attributes.package.name == one.name}
        assert set(one.repaired.split(", ")) == fixes


def test_what_the_last_report_did_not_examine_is_said(sign_in, organisation):
    organisation.services.findings.receive(
        PLATFORM,
        Upload(
            service="basket", source="another tool", findings=(), at=organisation.clock(),
            gaps=({"practice": "code", "scope": "vendor/", "reason": "it cannot be read", "remedy": "x", "units": 1},),
        ),
    )  # fmt: skip
    said = sign_in("security").page("/services/basket").words
    assert "Not examined by the last report" in said
    assert "vendor/" in said
    assert "it cannot be read" in said
