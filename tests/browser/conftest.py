"""One browser, one organisation and one server for all browser tests of a worker."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from tests.web import vaults
from tests.web import world as worlds

from wardline.web.app import pages

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    *("--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")
def shared_chromium():
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[worlds.World]:
    folder = tmp_path_factory.mktemp("organisation")
    shutil.copyfile(sqlite_template, folder / "wardline.db")
    made = worlds.build(f"sqlite:///{folder / 'wardline.db'}", folder, services=12, weeks=3)
    vaults.furnished(made)
    yield made
    made.services.database.close()


@pytest.fixture(scope="session")
def address(organisation: worlds.World) -> Iterator[str]:
    """Where the organisation's server answers."""
    with serving(organisation) as url:
        yield url


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[tuple[worlds.World, str]]:
    """A platform that nobody has used yet but its administrator, and where it answers."""
    folder = tmp_path_factory.mktemp("untouched")
    shutil.copyfile(sqlite_template, folder / "wardline.db")
    made = worlds.empty(f"sqlite:///{folder / 'wardline.db'}", folder)
    with serving(made) as url:
        yield made, url
    made.services.database.close()


@contextmanager
def serving(organisation: worlds.World) -> Iterator[str]:
    """Answer on a port of the loopback interface, from a thread, until the block ends."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(pages(organisation.services), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture
def visit(shared_chromium, organisation, address):
    """Open an address as somebody; what the console says is kept in `page.said`."""
    contexts = []

    def opened(path, role="security", *, cookie="", at="", **options):
        options = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        context = shared_chromium.new_context(**options)
        contexts.append(context)
        if role:
            value = cookie or organisation.cookie(role)
            context.add_cookies([{"name": "wardline", "value": value, "url": at or address}])
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
        page.goto((at or address) + path)
        return page

    yield opened
    for context in contexts:
        context.close()
