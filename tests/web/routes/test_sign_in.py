def test_a_link_asks_for_a_click_and_works_once(sign_in, organisation):
    link = organisation.services.identity.invite(organisation.who("admin"), organisation.accounts["auditor"])
    browser = sign_in("")
    assert "It works once" in browser.page(link).words
    answer = browser.send(link)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    assert "Uma Iyer" in browser.page("/").words
    again = sign_in("").send(link)
    assert again.status_code == 401
    assert "does not sign anybody in" in again.text


def test_signing_out_ends_the_session_on_the_server_too(sign_in, organisation):
    identity = organisation.services.identity
    link = identity.invite(organisation.who("admin"), organisation.accounts["auditor"])
    browser = sign_in("")
    browser.send(link)
    kept = browser.cookies.get("wardline")
    browser.csrf = identity.csrf(identity.session(kept)[1])
    assert browser.send("/sign-out").headers["location"] == "/sign-in?out=1"
    stolen = sign_in("")
    stolen.cookies.set("wardline", kept)
    assert stolen.get("/").status_code == 303


def test_without_a_provider_the_page_says_how_to_get_in(sign_in):
    assert "links that work once" in sign_in("").page("/sign-in").words
    refused = sign_in("").get("/sign-in/provider")
    assert refused.status_code == 422
    assert sign_in("").get("/sign-in/callback?state=x&code=y").status_code in {401, 422}


def test_colours_and_the_search_key_are_kept_by_the_browser(sign_in):
    browser = sign_in("auditor")
    assert browser.send("/appearance", theme="dark", to="/findings").headers["location"] == "/findings"
    assert browser.send("/appearance", keys="off", to="//evil.example").headers["location"] == "/"
    text = browser.get("/").text
    assert 'data-theme="dark"' in text
    assert 'data-keys="off"' in text
    browser.send("/appearance", theme="purple", to="/")
    assert 'data-theme="dark"' in browser.get("/").text
