"""T-47: text that strangers and insiders wrote is shown to others, on every page, and is never more than text."""

import asyncio
import re
import shutil

import httpx
import pytest
from tests.web import hostile
from tests.web import world as worlds
from tests.web.conftest import ADDRESS, seen

from wardline.web.app import ROUTES, pages
from wardline.web.routing import Look

LISTS = (
    "/", "/findings", "/findings?state=any&q=zq7", "/services", "/services?q=zq7", "/waivers", "/portfolio",
    "/velocity?by=team", "/ledger", "/search?q=zq7", "/settings/people", "/settings/teams", "/settings/tokens",
    "/settings/notices", "/settings/duties", "/settings/policy", "/settings",
)  # fmt: skip
OUTSIDE = ("https://osv.dev/vulnerability/", "https://cwe.mitre.org/data/definitions/")
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@pytest.fixture(scope="module")
def organisation(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copyfile(sqlite_template, folder / "wardline.db")
    made = worlds.build(f"sqlite:///{folder / 'wardline.db'}", folder, services=3, weeks=1)
    made.places = hostile.fill(made)
    yield made
    made.services.database.close()


@pytest.fixture(scope="module")
def ask(organisation):
    """Ask for pages as somebody."""
    with asyncio.Runner() as runner:

        async def asked(path, role):
            cookies = {"wardline": organisation.cookie(role)}
            transport = httpx.ASGITransport(pages(organisation.services))
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies) as client:
                return await client.get(path)

        yield lambda path, role="security": runner.run(asked(path, role))


def harmless(answer) -> None:
    """Assert that nothing in a page can run, load, lead or send anywhere but where our templates say."""
    page = seen(answer.text)
    assert not UNSEEN.search(answer.text), repr(UNSEEN.search(answer.text))
    for tag, attributes in page.tags:
        assert tag not in {"img", "iframe", "object", "embed", "style", "base", "video", "audio", "frame"}
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in {"style", "srcdoc", "formaction", "hx-on", "hx-vals", "hx-headers"}, (tag, name)
            if name.startswith("hx-"):
                assert "js:" not in value
                assert not re.search(r"\[|javascript", value)
            if name in {"href", "action", "src", "hx-get", "hx-post"}:
                assert value.startswith(("/", "#")) or value.startswith(OUTSIDE), (tag, name, value)
                assert not value.startswith("//")
    assert all(re.fullmatch(r"/static/[0-9a-f]{16}-[a-z0-9.-]+\.js", one.get("src", "")) for one in page.all("script"))
    assert "49" not in page.text.partition(hostile.MARK)[2][:200]  # {{ 7*7 }} stayed what it was


def test_every_page_that_shows_hostile_text_shows_it_as_text(organisation, ask):
    shown = 0
    for path in (*LISTS, *organisation.places.values()):
        role = "lead" if path == organisation.places["ask"] else "security"
        answer = ask(path, role)
        assert answer.status_code == 200, (path, answer.text[:300])
        harmless(answer)
        shown += hostile.MARK in answer.text
    assert shown >= 18  # the text is really there; else nothing was tried


def test_a_person_sees_their_own_hostile_name_and_browser_as_text(organisation, ask):
    for path in ("/settings", organisation.places["person"]):
        answer = ask(path, "admin")
        assert answer.status_code == 200
        harmless(answer)


def test_whatever_an_address_says_is_text_too(ask):
    for one in ROUTES:
        if isinstance(one, Look) and one.needs != "anybody" and "{" not in one.path and "." not in one.path:
            sent = hostile.MARKUP
            asked = dict.fromkeys(("q", "about", "actor", "action", "team", "after", "rows", "by", "to"), sent)
            path = f"{one.path}?{httpx.QueryParams(asked)}"
            answer = ask(path)
            assert answer.status_code < 500, path
            if answer.status_code != 303:
                harmless(answer)
    for path in ("/findings/", "/services/", "/waivers/", "/ledger/", "/id/", "/no/"):
        harmless(ask(path + httpx.QueryParams({"x": hostile.MARKUP})["x"].replace("/", "%2F")))


@pytest.mark.parametrize("kind", ["csv", "json"])
@pytest.mark.parametrize("name", ["findings", "services", "waivers", "ledger", "settings/people", "settings/teams"])
def test_a_file_is_a_file_and_no_formula(ask, name, kind):
    answer = ask(f"/{name}.{kind}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].partition(";")[0] in {"text/csv", "application/json"}
    if kind == "csv":
        assert not re.search(r'(?m)(?:^|,)"?[=+@-](?=[^\d])', answer.text)


def test_a_return_address_leads_nowhere_else(organisation, ask):
    csrf = organisation.services.identity.csrf(organisation.sessions["security"])

    async def sent(to):
        cookies = {"wardline": organisation.cookie("security")}
        transport = httpx.ASGITransport(pages(organisation.services))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies) as client:
            return await client.post("/appearance", data={"csrf": csrf, "theme": "dark", "to": to})

    for to in (
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example",
        "/%0d%0aset-cookie:x=1\r\nx: y", "evil.example",
    ):  # fmt: skip
        answer = asyncio.run(sent(to))
        assert answer.status_code == 303
        location = answer.headers["location"]
        assert re.match(r"/(?![/\\])", location) or location == "/", (to, location)
        assert "x" not in answer.headers
