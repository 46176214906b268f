"""A small made-up organisation for one worker, and browsers without a screen that are signed in to it."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from tests.web import vaults
from tests.web import world as worlds

from wardline.findings.model import STATES, Query
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page
from wardline.web.app import pages

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[worlds.World]:
    """The organisation of one worker. Tests look at it, or change what nobody else looks at."""
    folder = tmp_path_factory.mktemp("organisation")
    shutil.copyfile(sqlite_template, folder / "wardline.db")
    made = worlds.build(f"sqlite:///{folder / 'wardline.db'}", folder, services=10, weeks=3)
    vaults.furnished(made)
    yield made
    made.services.database.close()


@dataclass
class Browser:
    """Somebody's browser: `get` and `send` (a form, with the session's token)."""

    app: object
    runner: asyncio.Runner
    cookies: httpx.Cookies
    csrf: str = ""

    def ask(self, method: str, path: str, **options) -> httpx.Response:
        """Ask once; cookies are kept, redirects are shown."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=self.cookies) as client:
                answer = await client.request(method, path, **options)
                self.cookies = client.cookies
                return answer

        return self.runner.run(asked())

    def get(self, path: str, **options) -> httpx.Response:
        return self.ask("GET", path, **options)

    def send(self, path: str, headers: dict[str, str] | None = None, **fields) -> httpx.Response:
        return self.ask("POST", path, data={"csrf": self.csrf, **fields}, headers=headers)

    def page(self, path: str) -> "Seen":
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return seen(answer.text)


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture
def sign_in(organisation: worlds.World, runner: asyncio.Runner) -> Callable[[str], Browser]:
    """Return a maker of browsers: `sign_in("security")`; `sign_in("")` is nobody's."""

    def made(role: str) -> Browser:
        app = pages(organisation.services)
        if not role:
            return Browser(app, runner, httpx.Cookies())
        session = organisation.sessions[role]
        cookies = httpx.Cookies({"wardline": session.cookie})
        return Browser(app, runner, cookies, organisation.services.identity.csrf(session))

    return made


@pytest.fixture
def some_finding(organisation: worlds.World):
    """Return one finding that fits a query, as the platform sees it."""

    def found(**query):
        query.setdefault("states", frozenset(STATES))
        rows = organisation.services.findings.list(PLATFORM, Query(**query), Page(1)).rows
        assert rows, query
        return rows[0]

    return found


class Seen(HTMLParser):
    """A page as a parser sees it: its text, its elements, where its links and forms lead."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._quiet = 0

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._quiet += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._quiet -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self._quiet:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def links(self) -> list[str]:
        return [one["href"] for one in self.all("a") if "href" in one]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def seen(text: str) -> Seen:
    """Return a page as a parser sees it."""
    page = Seen()
    page.feed(text)
    return page
