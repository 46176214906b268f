import pytest

from wardline.kernel.errors import TooManyError, UnavailableError
from wardline.web.routing import MAX_FORM_BYTES


def test_a_page_that_needs_a_session_comes_back_to_after_the_sign_in(sign_in):
    answer = sign_in("").get("/findings?due=7")
    assert answer.headers["location"] == "/sign-in?to=%2Ffindings%3Fdue%3D7"


def test_a_fetched_piece_of_a_page_leads_the_whole_page_to_the_sign_in(sign_in):
    answer = sign_in("").get("/findings", headers={"hx-request": "true"})
    assert answer.headers["hx-redirect"].startswith("/sign-in")
    assert answer.text == ""


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_what_forms_send_is_read(sign_in, kind):
    browser = sign_in("developer")
    answer = browser.ask("POST", "/appearance", content=b"theme=dark", headers={"content-type": kind})
    assert answer.status_code == 422
    assert "not what a form sends" in answer.text


def test_a_form_that_is_too_large_is_not_read_to_its_end(sign_in):
    browser = sign_in("developer")
    answer = browser.send("/appearance", to="x" * (MAX_FORM_BYTES + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"a=%ff%fe", b"&".join(b"a=1" for _ in range(500)), b"\xff=\xff"])
def test_a_form_that_cannot_be_read_is_refused(sign_in, body):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = sign_in("developer").ask("POST", "/appearance", content=body, headers=headers)
    assert answer.status_code in {403, 422}


def test_the_forms_token_may_come_as_a_header(sign_in):
    browser = sign_in("developer")
    token, browser.csrf = browser.csrf, ""
    assert browser.send("/appearance", theme="dark", to="/").status_code == 403
    assert browser.send("/appearance", headers={"x-csrf-token": token}, theme="dark", to="/").status_code == 303


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UnavailableError("the database does not answer: it is busy", hint="try again"), 503, "does not answer"),
        (TooManyError("too many requests", retry_after_seconds=7), 429, "A little slower"),
    ],
)
def test_trouble_is_a_page_that_says_when_to_come_back(*, organisation, sign_in, monkeypatch, error, status, said):
    def troubled(*_given, **_named):
        raise error

    monkeypatch.setattr(type(organisation.services.findings), "list", troubled)
    answer = sign_in("developer").get("/findings")
    assert answer.status_code == status
    assert said in answer.text
    assert answer.headers["retry-after"] == ("7" if status == 429 else "30")


def test_a_database_that_is_gone_is_a_page_too(organisation, sign_in, monkeypatch):
    def gone(*_given, **_named):
        raise UnavailableError("the database does not answer: its connection failed", hint="try again")

    monkeypatch.setattr(type(organisation.services.identity), "session", gone)
    for path in ("/", "/nowhere"):
        answer = sign_in("developer").get(path)
        assert answer.status_code == 503
        assert "The database does not answer" in answer.text


def test_a_form_asked_wrongly_shows_its_page_again_with_the_reason(sign_in, some_finding, organisation):
    one = some_finding(states=frozenset({"detected", "owned", "fixing"}), teams=organisation.who("lead").teams)
    answer = sign_in("lead").send(
        f"/findings/{one.id}/dismiss", reason="The tool is wrong here", evidence="short", days="5"
    )
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ">short</textarea>" in answer.text
