import importlib.util
from pathlib import Path

import pytest

from wardline.check.reports.html import render

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = (
    *("--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
)
FOCUSABLE = "a[href], summary, input"
WHERE = """what => [
    [...document.querySelectorAll(what)].indexOf(document.activeElement),
    getComputedStyle(document.activeElement).outlineStyle,
]"""
_SPEC = importlib.util.spec_from_file_location(
    "samples", Path(__file__).parents[1] / "check" / "reports" / "samples.py"
)
samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(samples)


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(render(samples.report(), samples.subject()))
    return path.as_uri()


@pytest.fixture
def visit(chromium, address):
    contexts = []

    def opened(**options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.requested, page.said = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible_fits_and_asks_for_nothing(visit, address, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.requested == [address]
    assert page.said == []  # among others, what the content security policy refuses


def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit):
    page = visit(viewport={"width": 1280, "height": 900})
    page.focus("summary")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details').open")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.reload()
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    wanted = page.locator(FOCUSABLE).count()
    reached = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(WHERE, FOCUSABLE))
    assert [number for number, _ in reached] == list(range(wanted))
    assert all(outline != "none" for _, outline in reached)


def test_the_filters_hide_rows_without_a_script(visit):
    page = visit(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    rows = page.locator("table.findings tbody tr:visible")
    before = rows.count()
    assert before == len(samples.findings())
    page.locator("#show-critical").uncheck()
    without_critical = rows.count()
    assert without_critical == before - 4
    page.locator("#show-code").uncheck()
    assert rows.count() == without_critical - 1
    page.locator("#show-critical").check()
    page.locator("#show-code").check()
    assert rows.count() == before


def test_nothing_hostile_runs(chromium, tmp_path):
    path = tmp_path / "hostile.html"
    path.write_bytes(render(samples.hostile(), samples.hostile_subject()))
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    said, asked = [], []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("script, img, iframe").count() == 0
    assert said == []
    assert asked == [path.as_uri()]
    page.close()
