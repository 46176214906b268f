import pytest

from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page


def test_one_text_is_looked_for_everywhere(sign_in, organisation):
    page = sign_in("security").page("/search?q=orders")
    assert "/services/orders" in page.links
    assert f"/settings/people/{organisation.accounts['lead']}" in sign_in("security").page("/search?q=amara").links
    assert f"/settings/teams/{organisation.teams['checkout']}" in sign_in("security").page("/search?q=checkout").links
    one = organisation.services.findings.list(PLATFORM, page=Page(1)).rows[0]
    found = sign_in("security").page(f"/search?q={one.rule}").links
    assert any(link.startswith("/findings/fnd-") for link in found)


def test_every_identifier_resolves(sign_in, organisation):
    browser, services = sign_in("security"), organisation.services
    finding = services.findings.list(PLATFORM, page=Page(1)).rows[0]
    event = services.ledger.list(PLATFORM, page=Page(1)).rows[0]
    deployment = services.catalog.running(PLATFORM, "orders")[0]
    waiver = services.waivers.list(PLATFORM, page=Page(1)).rows[0].waiver
    for identifier in (finding.id, finding.service, finding.team, event.id, deployment.id, waiver.id,
                       organisation.accounts["lead"], organisation.sessions["lead"].id):  # fmt: skip
        for address in (f"/id/{identifier}", f"/id/{identifier.upper()}", f"/search?q={identifier}"):
            answer = browser.get(address)
            assert answer.status_code == 303, address
            assert browser.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("identifier", ["none", "fnd-", "fnd-01", "xxx-01kb2q6vj8e7y9r3m5t0c4w6xz", "%2e%2e"])
def test_what_is_no_identifier_is_not_there(sign_in, identifier):
    assert sign_in("security").get(f"/id/{identifier}").status_code == 404


def test_nothing_found_says_how_to_look(sign_in):
    assert "Nothing was found" in sign_in("security").page("/search?q=nothingofthename").words
    assert "Search everything" in sign_in("security").page("/search").words


def test_words_that_are_in_every_sentence_are_named_and_hide_nothing(sign_in):
    def findings(words):
        return [link for link in sign_in("security").page(f"/search?q={words}").links if link.startswith("/findings/f")]

    assert findings("the+sql+of") == findings("sql")
    assert "Too common to find a finding by: “the”" in sign_in("security").page("/search?q=the+basket").words
    assert "Too common" not in sign_in("security").page("/search?q=basket").words
