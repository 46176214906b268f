import pytest

from wardline.findings.model import OPEN, Query
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page
from wardline.web.routes.finding import why_it_matters


def test_the_page_says_what_where_why_how_who_and_by_when(sign_in, some_finding):
    one = some_finding(practices=frozenset({"dependencies"}), states=OPEN)
    page = sign_in("security").page(f"/findings/{one.id}")
    said = page.words
    for part in (one.title, one.place, one.rule, one.attributes.fix.text, one.team_name, *one.clock, "EPSS"):
        assert " ".join(part.split()) in said
    assert one.attributes.advisories[0] in said
    assert f"{one.due_at:%H:%M} UTC" in said
    assert f"{one.due_at:%Y-%m-%d %H:%M:%S} UTC" in [time.get("title") for time in page.all("time")]


def test_the_path_from_source_to_sink_is_shown(sign_in, some_finding):
    one = some_finding(practices=frozenset({"code"}))
    said = sign_in("security").page(f"/findings/{one.id}").words
    assert all(f"{step.file}:{step.line} {step.message}" in said for step in one.attributes.trace)


def test_a_finding_of_another_team_is_not_there(sign_in, organisation, some_finding):
    foreign = some_finding(teams=frozenset({organisation.teams["payments"]}))
    assert sign_in("lead").get(f"/findings/{foreign.id}").status_code == 404
    assert sign_in("lead").send(f"/findings/{foreign.id}/start").status_code == 404


def test_a_finding_is_worked_on_by_forms(sign_in, organisation):
    lead, findings = organisation.who("lead"), organisation.services.findings
    one = findings.list(lead, Query(states=frozenset({"detected"}), sort="seen"), Page(1)).rows[0]
    browser, member = sign_in("lead"), organisation.accounts["developer"]
    assert browser.send(f"/findings/{one.id}/assign", account=member).status_code == 303
    assert findings.get(PLATFORM, one.id).owner == member
    assert browser.send(f"/findings/{one.id}/start").status_code == 303
    assert findings.get(PLATFORM, one.id).state == "fixing"
    refused = browser.send(f"/findings/{one.id}/assign")
    assert refused.status_code == 422
    assert "The new owner is missing" in refused.text


def test_a_dismissal_needs_a_second_person(sign_in, organisation):
    lead, findings = organisation.who("lead"), organisation.services.findings
    one = findings.list(lead, Query(sort="severity"), Page(50)).rows[-1]
    where = f"/findings/{one.id}"
    sent = {
        "reason": "The tool is wrong here",
        "evidence": "The test of the cache shows it: nothing is protected.",
        "days": "30",
    }
    assert sign_in("lead").send(f"{where}/dismiss", **{**sent, "reason": "other"}).status_code == 422
    assert sign_in("lead").send(f"{where}/dismiss", **sent).status_code == 303
    assert "It waits for a second person" in sign_in("lead").page(where).words
    assert sign_in("lead").send(f"{where}/approve-dismissal").status_code == 403
    assert "Agree" in sign_in("security").page(where).words
    assert sign_in("security").send(f"{where}/refuse-dismissal", why="It does see strangers' input.").status_code == 303
    assert findings.get(PLATFORM, one.id).open


@pytest.mark.parametrize(("changed", "said"), [({"blocks": True}, "malware"), ({"exploit_probability": 0.5}, "50.0%")])
def test_only_what_is_known_is_said_to_matter(some_finding, changed, said):
    one = some_finding(practices=frozenset({"pipeline"}))
    assert not any(said in line for line in why_it_matters(one))
    assert any(said in line for line in why_it_matters(one._replace(attributes=one.attributes._replace(**changed))))
