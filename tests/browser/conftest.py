"""One browser, one organisation and one server for all browser tests of a worker."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
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


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[worlds.World]:
    folder = tmp_path_factory.mktemp("organisation")
    shutil.copyfile(sqlite_template, folder / "wardline.db")
    made = worlds.build(f"sqlite:///{folder / 'wardline.db'}", folder, services=12, weeks=3)
    yield made
    made.services.database.close()


@pytest.fixture(scope="module")
def address(organisation: worlds.World) -> Iterator[str]:
    """Where the organisation's server answers."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(pages(organisation.services), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield url
    server.should_exit = True
    thread.join(10)
    listening.close()
