import re

import pytest

from wardline.findings.waivers.model import Query as Waived
from wardline.kernel.identity.model import PERMISSIONS, PLATFORM
from wardline.kernel.paging import Page
from wardline.kernel.serving.headers import POLICY
from wardline.web.app import ROUTES, pages
from wardline.web.asking import granted
from wardline.web.routing import Look, Move

ROLES = ("admin", "security", "director", "auditor", "developer", "lead")


def _there(organisation, path: str) -> str:
    """Return the path with identifiers of things that are there."""
    services = organisation.services
    names = {
        "/findings/{id}": lambda: services.findings.list(PLATFORM).rows[0].id,
        "/waivers/{id}": lambda: services.waivers.list(PLATFORM, Waived(), Page(1)).rows[0].waiver.id,
        "/ledger/{id}": lambda: services.ledger.list(PLATFORM, page=Page(1)).rows[0].id,
        "/settings/people/{id}": lambda: organisation.accounts["director"],
        "/settings/teams/{id}": lambda: organisation.teams["identity"],
        "/settings/sessions/{id}": lambda: "ses-none",
        "/settings/tokens/{id}": lambda: "tok-none",
        "/settings/notices/{id}": lambda: "ntc-none",
        "/id/{id}": lambda: organisation.accounts["director"],
    }
    for pattern, name in names.items():
        if path.startswith(pattern):
            path = path.replace("{id}", name())
    path = path.replace("{path:path}", "db/orders")
    path = path.replace("{slug}", "orders").replace("{token}", "none").replace("{name}", "waivers:keep")
    assert "{" not in path
    return path


def test_every_route_says_what_it_needs():
    assert ROUTES
    for one in ROUTES:
        assert one.needs in {*PERMISSIONS, "anybody", "a session"}, one.path
        assert isinstance(one, Look | Move)
    addresses = [(type(one), one.path) for one in ROUTES]
    assert len(addresses) == len(set(addresses))
    public = {one.path for one in ROUTES if one.needs == "anybody"}
    assert all(path.startswith("/sign-in") for path in public)


def test_nothing_is_reachable_that_is_not_in_the_table(organisation):
    app = pages(organisation.services)
    served = {route.path for route in app.routes}
    assert served == {one.path for one in ROUTES} | {"/static/{name}"}


@pytest.mark.parametrize("one", ROUTES, ids=lambda one: f"{type(one).__name__} {one.path}")
def test_nobody_in_particular_is_sent_to_the_sign_in_page(organisation, sign_in, one):
    nobody = sign_in("")
    path = _there(organisation, one.path)
    answer = nobody.get(path) if isinstance(one, Look) else nobody.send(path)
    if one.needs == "anybody":
        assert answer.status_code < 500
        return
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_exactly_the_pages_that_its_permissions_name(organisation, sign_in, role):
    browser, who = sign_in(role), organisation.who(role)
    for one in ROUTES:
        if one.needs == "anybody" or one.path == "/sign-out":
            continue
        path = _there(organisation, one.path)
        may = one.needs == "a session" or granted(who, one.needs)
        if isinstance(one, Look):
            status = browser.get(path).status_code
            assert (status != 403) == may or (one.path == "/settings/people/{id}" and status == 403), (path, status)
            assert status < 500
        elif not may:
            assert browser.send(path).status_code == 403, path


def test_a_page_that_is_not_there_is_a_page_with_the_way_out(sign_in):
    for role, way in (("developer", "/search"), ("", "/sign-in")):
        answer = sign_in(role).get("/no/such/page")
        assert answer.status_code == 404
        assert f'href="{way}"' in answer.text


def test_whatever_fails_inside_says_nothing_of_how(organisation, sign_in, monkeypatch, caplog):
    def broken(*_given, **_named):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(type(organisation.services.findings), "list", broken)
    answer = sign_in("developer").get("/findings")
    assert answer.status_code == 500
    assert "a secret of the inside" not in answer.text
    assert "went wrong on our side" in answer.text
    assert "a secret of the inside" in caplog.text  # whoever runs it can read why
    assert answer.headers["content-security-policy"]


def test_pages_are_kept_nowhere_and_static_files_for_good(sign_in):
    browser = sign_in("developer")
    page = browser.get("/")
    assert page.headers["cache-control"] == "no-store"
    style = re.search(r'href="(/static/[^"]+\.css)"', page.text)[1]
    kept = browser.get(style)
    assert kept.status_code == 200
    assert "immutable" in kept.headers["cache-control"]
    assert "set-cookie" not in kept.headers


def test_every_link_on_every_page_leads_somewhere(organisation, sign_in):
    browser = sign_in("security")
    wanted, asked = ["/"], set()
    while wanted and len(asked) < 120:
        path = wanted.pop(0)
        kind = re.sub(r"[a-z]{3}-[0-9a-z]{26}|\?.*|/services/[^/?]+|\.(csv|json)", "*", path)
        if kind in asked or path.startswith("/static"):
            continue
        asked.add(kind)
        answer = browser.get(path)
        assert answer.status_code in {200, 303}, path
        if answer.headers.get("content-type", "").startswith("text/html"):
            wanted += list(re.findall(r'href="(/[^"#]*)', answer.text.replace("&amp;", "&")))
    assert len(asked) > 25


def test_a_cookie_that_is_worth_nothing_is_taken_back(sign_in):
    browser = sign_in("")
    browser.cookies.set("wardline", "none of ours")
    answer = browser.get("/")
    assert answer.status_code == 303
    assert 'wardline=""' in answer.headers["set-cookie"]


def test_every_answer_carries_the_headers_whatever_it_is(sign_in):
    browser = sign_in("developer")
    for path in ("/", "/findings.json", "/static/none", "/nowhere", "/id/none", "/sign-in"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"]
