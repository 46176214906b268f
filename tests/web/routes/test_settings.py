import re


def test_one_sees_and_ends_ones_own_sessions(sign_in, organisation):
    identity = organisation.services.identity
    link = identity.invite(organisation.who("admin"), organisation.accounts["director"])
    other = identity.redeem_link(link.rpartition("/")[2], agent="Mozilla/5.0 (iPhone) Safari/605")
    browser = sign_in("director")
    assert "Safari on iPhone" in browser.page("/settings").words
    assert browser.send(f"/settings/sessions/{other.id}/end").status_code == 303
    assert "The session is ended" in browser.page("/settings").words
    assert other.id not in browser.page("/settings").text


def test_nobody_ends_somebody_elses_session_without_leave(sign_in, organisation):
    assert sign_in("director").send(f"/settings/sessions/{organisation.sessions['lead'].id}/end").status_code == 404


def test_a_token_is_shown_once_and_is_gone_when_revoked(sign_in, organisation):
    browser, identity = sign_in("lead"), organisation.services.identity
    answer = browser.send("/settings/tokens", name="CI of orders", days="30", permission="finding:read")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = re.search(r"wl_[A-Za-z0-9_-]+", answer.text)[0]
    assert identity.bearer(token).permissions == {"finding:read"}
    assert token not in browser.get("/settings/tokens").text
    made = next(one for one in identity.tokens(organisation.who("lead")) if one.name == "CI of orders")
    assert browser.send(f"/settings/tokens/{made.id}/revoke").status_code == 303
    assert "revoked" in browser.page("/settings/tokens").words


def test_a_token_that_is_asked_for_wrongly_is_not_made(sign_in, organisation):
    browser = sign_in("lead")
    for sent in ({"name": "x", "days": "30"}, {"name": "x", "days": "999", "permission": "finding:read"},
                 {"name": "", "days": "3", "permission": "finding:read"},
                 {"name": "x", "days": "3", "permission": "everything"}):  # fmt: skip
        assert browser.send("/settings/tokens", **sent).status_code == 422
    assert browser.send("/settings/tokens", name="x", days="3", permission="account:write").status_code == 403


def test_duties_stand_with_last_run_and_next_due(sign_in, organisation):
    page = sign_in("admin").page("/settings/duties")
    for one in organisation.services.duties.list(organisation.who("admin")):
        assert one.title in page.words
    assert sign_in("admin").send("/settings/duties/waivers:keep/run").status_code == 303
    assert sign_in("admin").send("/settings/duties/none/run").status_code == 404


def test_notices_are_ones_own_unless_one_runs_the_platform(sign_in):
    assert "Channels" in sign_in("admin").page("/settings/notices").words
    assert "Whoever runs Wardline sees them" in sign_in("developer").page("/settings/notices").words
    refused = sign_in("admin").send("/settings/notices/test", channel="slack")
    assert refused.status_code == 422
    assert "is off" in refused.text
