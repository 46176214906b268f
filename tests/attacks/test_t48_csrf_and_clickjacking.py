"""T-48: another site makes a signed-in browser send our forms, or shows our pages in a frame of its own."""

import pytest
from tests.web.conftest import organisation, runner, sign_in  # noqa: F401 - fixtures

from wardline.kernel.serving.headers import POLICY
from wardline.web.app import ROUTES
from wardline.web.routing import Look, Move

MOVES = [one for one in ROUTES if isinstance(one, Move) and one.needs != "anybody"]


def _filled(path: str) -> str:
    return path.replace("{id}", "none").replace("{slug}", "orders").replace("{token}", "none").replace("{name}", "none")


@pytest.mark.parametrize("one", MOVES, ids=lambda one: one.path)
def test_a_form_without_this_sessions_token_changes_nothing(sign_in, organisation, one):  # noqa: F811
    admin, other = sign_in("admin"), sign_in("security")
    for token in ("", "guessed", other.csrf):
        admin.csrf = token
        answer = admin.send(_filled(one.path))
        assert answer.status_code == 403
        assert "was not made by a page of this session" in answer.text
    admin.get("/")  # the session itself still stands


@pytest.mark.parametrize("sign", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"},
                                  {"origin": "null"}, {"sec-fetch-site": "same-site"}])  # fmt: skip
def test_a_form_from_another_site_is_refused_even_with_the_token(sign_in, sign):  # noqa: F811
    browser = sign_in("developer")
    answer = browser.send("/appearance", headers=sign, theme="dark", to="/")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_another_site_signs_nobody_in_by_a_link_of_its_own(sign_in, organisation):  # noqa: F811
    services = organisation.services
    link = services.identity.invite(organisation.who("admin"), organisation.accounts["auditor"])
    victim = sign_in("")
    refused = victim.send(link, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    assert victim.cookies.get("wardline") is None
    looked = victim.get(link)  # looking at it (a preview, a mail filter) does not use it up
    assert looked.status_code == 200
    assert victim.send(link).status_code == 303
    assert victim.cookies.get("wardline")


def test_looking_changes_nothing(sign_in, organisation):  # noqa: F811
    services = organisation.services
    services.ledger.sequence()
    before = services.ledger.head(organisation.who("admin")).size
    browser = sign_in("admin")
    for one in ROUTES:
        if isinstance(one, Look) and one.needs != "anybody":
            assert browser.get(_filled(one.path)).status_code < 500
    services.ledger.sequence()
    assert services.ledger.head(organisation.who("admin")).size == before


def test_no_page_is_shown_in_a_frame_or_runs_a_script_from_elsewhere(sign_in):  # noqa: F811
    for role, path in (("admin", "/"), ("", "/sign-in"), ("", "/nowhere"), ("admin", "/findings.csv"), ("admin", "/x")):
        headers = sign_in(role).get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(sign_in, organisation):  # noqa: F811
    link = organisation.services.identity.invite(organisation.who("admin"), organisation.accounts["director"])
    answer = sign_in("").send(link)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("wardline="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_message_that_somebody_else_put_into_a_cookie_is_not_shown(sign_in):  # noqa: F811
    browser = sign_in("developer")
    browser.cookies.set("wardline-flash", "WyJkb25lIiwgInBob25lIDU1NSJd.0123456789abcdef0123456789abcdef")
    assert "phone 555" not in browser.get("/").text
