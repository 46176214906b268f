import json

from wardline.kernel import merkle
from wardline.kernel.paging import Page


def test_events_are_filtered_by_what_about_whom_and_by_whom(sign_in, organisation):
    browser = sign_in("security")
    actor = organisation.accounts["lead"]
    events = json.loads(browser.get(f"/ledger.json?actor={actor}&action=waiver:").text)
    assert events
    assert all(one["actor"] == actor and one["action"].startswith("waiver:") for one in events)
    about = json.loads(browser.get(f"/ledger.json?about={events[0]['subject']}").text)
    assert all(events[0]["subject"] in {one["subject"], *one["about"]} for one in about)
    assert browser.get("/ledger?action=" + "x" * 90).status_code == 422


def test_an_event_is_shown_with_a_proof_that_leads_to_the_signed_head(sign_in, organisation):
    ledger, who = organisation.services.ledger, organisation.who("security")
    ledger.sequence()
    event = ledger.list(who, page=Page(50)).rows[-1]
    page = sign_in("security").page(f"/ledger/{event.id}")
    proof = ledger.inclusion(who, event.number, ledger.head(who).size)
    assert "leads to the signed root" in page.words
    assert proof.root.hex() in page.words
    assert all(one.hex() in page.words for one in proof.hashes)
    assert proof.hashes or proof.size == 1
    assert hasattr(merkle, "root_at")


def test_the_head_can_be_kept_elsewhere(sign_in, organisation):
    note = sign_in("security").get("/ledger/head.txt")
    assert note.headers["content-disposition"].startswith("attachment")
    assert note.text == organisation.services.ledger.note(organisation.who("security"))


def test_an_event_that_one_may_not_see_is_not_there(sign_in, organisation):
    ledger = organisation.services.ledger
    events = ledger.list(organisation.who("security"), action="account:", page=Page(1)).rows
    assert sign_in("developer").get(f"/ledger/{events[0].id}").status_code == 404
