import json

from tests.web.conftest import seen

from wardline.findings.model import OPEN, Query
from wardline.findings.waivers.model import Query as Waived
from wardline.kernel.paging import Page

SENT = {
    "reason": "fix-in-progress", "days": "5", "covers": "finding",
    "justification": "The upgrade needs the next release train of the client.",
    "control": "The edge proxy refuses the path from outside until then.",
}  # fmt: skip


def asked_for(browser, organisation, keep=""):
    """Ask for a waiver of some finding; where all are spoken for, other tests' waivers (all but `keep`) end first."""
    for _ in range(2):
        lead = organisation.who("lead")
        query = Query(states=OPEN, waived=False, sort="detected")
        for one in organisation.services.findings.list(lead, query, Page(500)).rows:
            sent = {**SENT, "attested_by": organisation.accounts["developer"], "finding": one.id}
            answer = browser.send("/waivers/ask", **sent)
            if answer.status_code == 303:
                return one, answer
        make_room(organisation, keep)
    raise AssertionError(answer.text)


def make_room(organisation, keep):
    waivers, security = organisation.services.waivers, organisation.who("security")
    for standing, end in (("asked", waivers.refuse), ("effective", waivers.revoke)):
        for shown in waivers.list(security, Waived(standings=frozenset({standing})), Page(500)).rows:
            if not keep.endswith(shown.waiver.id):
                end(security, shown.waiver.id, "Another test needs the room that this one takes.")


def test_a_waiver_is_asked_for_and_approved_by_somebody_else(sign_in, organisation):
    lead = sign_in("lead")
    one, answer = asked_for(lead, organisation)
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    assert "Asked for. Somebody else decides" in lead.page(where).words
    assert not any(form["action"].endswith("/approve") for form in lead.page(where).all("form"))
    assert lead.send(f"{where}/approve").status_code == 403
    security = sign_in("security")
    assert security.send(f"{where}/approve").status_code == 303
    assert "effective" in security.page(where).words
    assert "waived until" in lead.page(f"/findings/{one.id}").words
    assert security.send(f"{where}/revoke").status_code == 422  # why is owed
    assert security.send(f"{where}/revoke", why="The proxy lets the path through after all.").status_code == 303
    assert "The proxy lets the path through" in lead.page(where).words


def test_a_waiver_is_refused_with_a_reason_or_withdrawn(sign_in, organisation):
    lead, security = sign_in("lead"), sign_in("security")
    _, first = asked_for(lead, organisation)
    _, second = asked_for(lead, organisation, keep=first.headers["location"])
    why = "The upgrade is one line; nothing stands in its way."
    assert security.send(f"{first.headers['location']}/refuse", why=why).status_code == 303
    assert why in lead.page(first.headers["location"]).words
    assert lead.send(f"{second.headers['location']}/withdraw").status_code == 303
    over = lead.page("/waivers?standing=over").links
    assert first.headers["location"] in over
    assert second.headers["location"] in over


def test_what_is_missing_is_said_and_what_was_written_stays(sign_in, organisation):
    browser, lead = sign_in("lead"), organisation.who("lead")
    one = organisation.services.findings.list(lead, Query(waived=False), Page(1)).rows[0]
    answer = browser.send("/waivers/ask", **{**SENT, "finding": one.id})
    assert answer.status_code == 422
    assert "how it is known that the control holds" in answer.text
    assert SENT["justification"] in answer.text
    assert browser.send("/waivers/ask", **{**SENT, "finding": one.id, "days": "0"}).status_code == 422
    assert browser.send("/waivers/ask", **{**SENT, "finding": one.id, "reason": "because"}).status_code == 422
    assert browser.get("/waivers/ask").status_code == 422


def test_every_view_and_file_answers(sign_in, organisation):
    browser = sign_in("security")
    _, answer = asked_for(sign_in("lead"), organisation)
    browser.send(f"{answer.headers['location']}/approve")
    for view in ("", "asked", "effective", "expiring", "over", "nonsense"):
        assert browser.get(f"/waivers?standing={view}").status_code == 200
    rows = json.loads(browser.get("/waivers.json?standing=effective").text)
    assert rows
    assert {row["standing"] for row in rows} == {"effective"}


def test_what_is_missing_is_said_beside_the_field_and_what_was_written_stays(sign_in, organisation):
    lead = sign_in("lead")
    one = organisation.services.findings.list(organisation.who("lead"), Query(states=OPEN), Page(1)).rows[0]
    page = seen(lead.send("/waivers/ask", **{**SENT, "justification": " ", "finding": one.id}).text)
    wrong = [field for field in page.all("textarea") if field.get("aria-invalid") == "true"]
    assert [field["name"] for field in wrong] == ["justification"]
    assert any(said.get("id") == wrong[0]["aria-errormessage"] for said in page.all("span"))
    assert "The justification is missing." in page.words
    assert SENT["control"] in page.words
