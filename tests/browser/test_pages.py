"""Every page in a real browser: for everybody, at every width, in both colours, by keyboard, with and without a script.

With `WARDLINE_SCREENSHOTS` set, pictures go to `out/screenshots/` (`all`: every width with every colour).
"""

import os
import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect
from tests.web import hostile

from wardline.findings.model import Query
from wardline.findings.waivers.model import Query as Waived
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page

pytestmark = [pytest.mark.browser, pytest.mark.loopback]

PICTURES = Path(__file__).parents[2] / "out" / "screenshots"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What depends on width and colours; everything else is the same at every size.
SHOWN = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
FIND = """async rules => (await axe.run(document, rules)).violations.map(
    one => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`)"""
ROLE = {
    "now-lead": "lead",
    "denied": "developer",
    "settings-people": "admin",
    "settings-person": "admin",
    "settings-duties": "admin",
    "settings-notices": "admin",
}
# WCAG 2.2, 2.5.8: 24 by 24 px, but for links within a sentence and what has that much room around it.
SMALL = """() => [...document.querySelectorAll(
    'button, select, summary, input:not([type=hidden]), .places a, .views a, a.button')]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.matches('label input'))
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)"""
# Contrast depends on colours and size on width: two of the four show both. All four where pictures of all are wanted.
EVERYTHING = os.environ.get("WARDLINE_SCREENSHOTS") == "all"
SIZES = ((1280, "light"), (390, "dark"), *(((390, "light"), (1280, "dark")) if EVERYTHING else ()))


@pytest.fixture(scope="module")
def places(organisation):
    """The address of each page, by name."""
    services = organisation.services
    finding = services.findings.list(PLATFORM, Query(practices=frozenset({"dependencies"})), Page(1)).rows[0]
    code = services.findings.list(PLATFORM, Query(practices=frozenset({"code"})), Page(1)).rows
    waiver = services.waivers.list(PLATFORM, Waived(standings=frozenset({"effective"})), Page(1)).rows[0]
    asked = services.waivers.list(PLATFORM, Waived(standings=frozenset({"asked"})), Page(1)).rows[0]
    return {
        "now": "/", "now-lead": "/", "findings": "/findings?rows=12",
        "findings-filtered": "/findings?severity=high&q=a",
        "findings-none": "/findings?q=nothingofthename", "finding": f"/findings/{finding.id}",
        "finding-code": f"/findings/{(code or [finding])[0].id}", "services": "/services?rows=8",
        "service": "/services/orders", "services-none": "/services?q=nothingofthename", "waivers": "/waivers",
        "waivers-over": "/waivers?standing=over", "waiver": f"/waivers/{waiver.waiver.id}",
        "waiver-asked": f"/waivers/{asked.waiver.id}", "waiver-form": f"/waivers/ask?finding={finding.id}",
        "portfolio": "/portfolio", "portfolio-none": "/portfolio?team=None", "velocity": "/velocity",
        "velocity-team": "/velocity?by=team&days=30",
        "vault": "/vault", "vault-none": "/vault?q=nothing/", "vault-secret": "/vault/secrets/db/billing",
        "vault-empty-secret": "/vault/secrets/partner/token", "vault-proposals": "/vault/proposals",
        "vault-withdrawn": "/vault/proposals?state=withdrawn", "event-kept": _against_a_kept_head(services),
        "ledger": "/ledger?rows=12",
        "event": f"/ledger/{services.ledger.list(PLATFORM, page=Page(1)).rows[0].id}",
        "search": "/search?q=orders", "search-none": "/search?q=nothingofthename", "search-empty": "/search",
        "settings": "/settings", "settings-tokens": "/settings/tokens",
        "settings-people": "/settings/people?rows=8", "settings-teams": "/settings/teams",
        "settings-person": f"/settings/people/{organisation.accounts['lead']}",
        "settings-team": f"/settings/teams/{organisation.teams['checkout']}",
        "settings-notices": "/settings/notices?rows=12", "settings-duties": "/settings/duties",
        "settings-policy": "/settings/policy", "missing": "/no/such/page", "denied": "/settings/people",
    }  # fmt: skip


def _against_a_kept_head(services):
    head = services.ledger.heads(PLATFORM, Page(20)).rows[-1]
    event = services.ledger.list(PLATFORM, action="vault:grant", page=Page(1)).rows[0]
    return f"/ledger/{event.id}?kept={head.size}&root={head.root.hex()}"


NAMES = (
    "now", "now-lead", "findings", "findings-filtered", "findings-none", "finding", "finding-code", "services",
    "services-none", "service", "waivers", "waivers-over", "waiver", "waiver-asked", "waiver-form", "portfolio",
    "portfolio-none", "velocity", "velocity-team", "vault", "vault-none", "vault-secret", "vault-empty-secret",
    "vault-proposals", "vault-withdrawn", "ledger", "event", "event-kept", "search", "search-none", "search-empty",
    "settings", "settings-tokens", "settings-people", "settings-person", "settings-teams", "settings-team",
    "settings-notices", "settings-duties", "settings-policy", "missing", "denied",
)  # fmt: skip
REFUSED = {"missing": "404", "denied": "403"}


def accessible(page, name, sizes=SIZES):
    """Assert that a page fits, that targets are large enough and axe finds nothing, at these sizes and colours."""
    page.evaluate(AXE)
    for width, scheme in sizes:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.eval_on_selector_all("main details", "all => all.forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        assert page.evaluate(SMALL) == [], (name, width)
        whole = (width, scheme) == sizes[0]
        only = {"type": "tag", "values": RULES} if whole else {"type": "rule", "values": SHOWN}
        only = {"runOnly": only}
        assert page.evaluate(FIND, only) == [], (name, width, scheme)
        if os.environ.get("WARDLINE_SCREENSHOTS"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"test-{name}-{width}-{scheme}.png")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_accessible_and_fits_and_says_nothing_on_the_console(visit, places, name):
    page = visit(places[name], ROLE.get(name, "security"))
    accessible(page, name)
    assert [line for line in page.said if REFUSED.get(name, "nothing") not in line] == []


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/some-link", "/no/such/page"])
def test_a_page_for_nobody_in_particular_is_accessible(visit, path):
    page = visit(path, role="")
    accessible(page, f"nobody{path.replace('/', '-')}")


@pytest.mark.parametrize("path", [
    "/", "/findings", "/services", "/waivers", "/portfolio", "/velocity", "/vault", "/ledger",
    "/settings/tokens", "/settings/teams", "/settings/notices", "/settings/duties",
])  # fmt: skip
def test_a_page_with_nothing_on_it_says_what_to_do_next(visit, untouched, path):
    made, url = untouched
    page = visit(path, "admin", cookie=made.cookie("admin"), at=url)
    accessible(page, f"untouched{path.replace('/', '-')}", ((1280, "light"), (390, "dark")))
    shown = page.locator("main .empty").first
    assert (
        path == "/ledger" or shown.locator("p.headline").inner_text()
    )  # making the administrator stands in the ledger
    assert page.said == []


def test_every_page_is_looked_at(places):
    assert set(NAMES) == set(places)


RECORD = """() => {
  window.reached = [];
  const shown = one => getComputedStyle(one);
  document.addEventListener('focusin', event => {
    const style = shown(event.target);
    reached.push([event.target.outerHTML.slice(0, 90), style.outlineStyle, parseFloat(style.outlineWidth)]);
  });
}"""
FOCUSABLE = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
)].filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled
    && !(one.type === 'radio' && !one.checked)).map(one => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("name", ["now", "findings", "finding", "service", "waiver", "waiver-form", "portfolio",
                                  "velocity", "ledger", "settings-tokens", "settings-policy"])  # fmt: skip
def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(visit, places, name):
    page = visit(places[name])
    page.evaluate(RECORD)
    wanted = page.evaluate(FOCUSABLE)[:70]
    for _ in wanted:
        page.keyboard.press("Tab")
    reached = page.evaluate("reached")
    assert [one for one, _, _ in reached] == wanted
    assert all(style != "none" and width >= 2 for _, style, width in reached)


def test_the_skip_link_leads_past_the_places(visit):
    page = visit("/findings")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_search_is_one_key_away_and_the_key_can_be_turned_off(visit):
    page = visit("/", role="director")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("orders/")  # a slash within a text stays one
    assert page.input_value("#search") == "orders/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.click("details.account > summary")
    page.click("text=Turn the “/” key for search off")
    page.wait_for_selector("body[data-keys=off]")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search"


def test_what_is_open_closes_with_escape_and_gives_the_focus_back(visit):
    page = visit("/")
    page.focus("details.account > summary")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details.account').open")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.querySelector('details.account').open")
    assert page.evaluate("document.activeElement.matches('details.account > summary')")


@pytest.mark.parametrize("scripted", [True, False])
def test_a_finding_is_taken_by_keyboard_and_the_page_says_so(visit, organisation, address, scripted):
    listed = organisation.services.findings.list(PLATFORM, Query(states=frozenset({"detected"})), Page(20)).rows
    one = listed[0 if scripted else -1]
    page = visit(f"/findings/{one.id}", java_script_enabled=scripted)
    page.focus("form[action$='/acknowledge'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".flash.good")
    assert "Acknowledged" in page.inner_text(".flash")
    assert page.url == f"{address}/findings/{one.id}"
    assert organisation.services.findings.get(PLATFORM, one.id).state == "owned"
    if scripted:  # the form is gone, so the focus goes to what was said
        expect(page.locator(".flash")).to_be_focused()
    page.reload()
    assert page.locator(".flash").count() == 0


def test_filters_work_in_place_and_the_address_is_the_filter(visit, address):
    page = visit("/findings")
    before = page.inner_text("#results h2")
    page.select_option("#f-sort", "severity")
    page.wait_for_url("**/findings?*sort=severity*")
    page.fill("#f-q", "nothingofthename")
    expect(page.locator("#results h2")).to_have_text("0 findings")
    assert "q=nothingofthename" in page.url
    assert page.evaluate("document.activeElement.id") == "f-q"
    page.go_back()
    expect(page.locator("#results h2")).to_have_text(before)
    page.go_back()
    page.wait_for_url(address + "/findings")
    expect(page.locator("#results h2")).to_have_text(before)
    assert page.said == []


def test_filters_work_without_a_script(visit):
    page = visit("/findings", java_script_enabled=False)
    page.fill("#f-q", "nothingofthename")
    page.click("form.filters button")
    assert "q=nothingofthename" in page.url
    assert "No finding matches" in page.inner_text("#results")


def test_a_link_signs_in_once_without_a_script(visit, organisation):
    link = organisation.services.identity.invite(organisation.who("admin"), organisation.accounts["auditor"])
    page = visit(link, role="", java_script_enabled=False)
    page.click("button")
    expect(page.locator("nav[aria-label=Places] .places a")).not_to_have_count(0)
    assert "Uma Iyer" in page.inner_text(".account .name")
    again = visit(link, role="", java_script_enabled=False)
    again.click("button")
    assert "does not sign anybody in" in again.inner_text("main")
    page.click("details.account > summary")
    page.click("text=Sign out")
    assert "You are signed out" in page.inner_text("main")
    page.goto(page.url.partition("/sign-in")[0] + "/findings")
    assert "/sign-in?to=%2Ffindings" in page.url


def test_colours_are_chosen_for_good_without_a_script(visit):
    page = visit("/findings?due=7", java_script_enabled=False, color_scheme="light")
    page.click("details.account > summary")
    page.click("button[name=theme][value=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.url.endswith("/findings?due=7")
    page.click("nav a[href='/services'] >> visible=true")
    assert page.get_attribute("html", "data-theme") == "dark"


def test_a_form_that_was_filled_in_wrongly_keeps_what_was_written(visit, organisation):
    mine = organisation.services.findings.list(organisation.who("lead"), Query(waived=False), Page(1)).rows[0]
    page = visit(f"/waivers/ask?finding={mine.id}", role="lead", java_script_enabled=False)
    page.fill("#justification", "The upgrade needs the next release train.")
    page.fill("#control", "The edge proxy refuses the path from outside.")
    page.click("main form button.primary")
    expect(page.locator(".flash.problem")).to_have_count(1)
    assert "how it is known that the control holds" in page.inner_text(".flash.problem")
    assert page.input_value("#justification") == "The upgrade needs the next release train."
    assert page.input_value("#control") == "The edge proxy refuses the path from outside."


def test_the_menu_leads_everywhere_on_a_phone(visit):
    page = visit("/", viewport={"width": 390, "height": 844})
    page.click("details.menu > summary")
    page.click("details.menu a[href='/portfolio']")
    page.wait_for_url("**/portfolio")
    assert page.locator("h1").inner_text() == "Portfolio"


def test_nothing_that_strangers_wrote_runs(visit, organisation):
    places = hostile.fill(organisation)
    page = visit("/")
    for path in ["/", "/findings", "/services", "/waivers", "/ledger", "/portfolio", "/velocity", *places.values()]:
        page.goto(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + path)
        assert (
            page.evaluate("document.querySelectorAll('img, iframe, object, [onerror], [onload], [style]').length") == 0
        )
        assert page.evaluate("[...document.scripts].every(one => one.src.startsWith(location.origin + '/static/'))")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
    page.set_viewport_size({"width": 390, "height": 900})
    for path in places.values():
        page.goto(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    assert page.said == []
