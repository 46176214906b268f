"""What people come for, by keyboard alone: a waiver asked for and decided, a token, a policy tried. No clicks."""

import pytest
from playwright.sync_api import expect

from wardline.findings.model import Query, Upload
from wardline.findings.report import Finding
from wardline.findings.waivers.model import Query as Waived
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page

pytestmark = [pytest.mark.browser, pytest.mark.loopback]

OUTLINE = """() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  return [outlineStyle, parseFloat(outlineWidth)];
}"""


def tab_to(page, selector, most=120):
    """Press Tab until the focus is on what the selector names, and assert that it shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            style, width = page.evaluate(OUTLINE)
            assert style != "none", selector
            assert width >= 2, selector
            return
    raise AssertionError(f"Tab does not reach {selector}")


def type_into(page, selector, text):
    tab_to(page, selector)
    page.keyboard.type(text)


def test_a_waiver_is_asked_for_and_approved_by_keyboard_alone(visit, organisation, waivable):
    page = visit(f"/findings/{waivable.id}", role="lead")
    tab_to(page, "a[href^='/waivers/ask']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#justification")
    type_into(page, "#justification", "The upgrade needs the next release train.")
    type_into(page, "#control", "The edge proxy refuses the path from outside.")
    tab_to(page, "#attested_by")
    for _ in range(60):  # by arrow: what is typed counts as one word only while it is typed quickly
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.selectedOptions[0].text").startswith("Elif"):
            break
    tab_to(page, "main form .button.primary")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("Asked for. Somebody else decides")
    where = page.evaluate("location.pathname")
    decider = visit(where, role="security")
    tab_to(decider, "form[action$='/approve'] button")
    decider.keyboard.press("Enter")
    expect(decider.locator(".flash")).to_contain_text("Approved")
    expect(decider.locator("h1 + .chips")).to_contain_text("effective")
    tab_to(decider, "#why-revoke")
    decider.keyboard.type("The proxy lets the path through after all.")
    tab_to(decider, "form[action$='/revoke'] button")
    decider.keyboard.press("Enter")
    expect(decider.locator(".flash")).to_contain_text("Revoked")
    assert page.said == decider.said == []


@pytest.fixture
def waivable(organisation):
    """Return a finding of the lead's team that no waiver was asked for."""
    services, lead = organisation.services, organisation.who("lead")
    for one in services.findings.list(lead, Query(waived=False, sort="detected"), Page(50)).rows:
        if not services.waivers.list(lead, Waived(finding=one.id), Page(1)).rows:
            return one
    raise AssertionError("every finding of the lead's team is spoken for")


@pytest.fixture
def unclaimed(organisation):
    """Have a finding of the lead's team that nobody called theirs yet, whatever other tests took."""
    services, lead = organisation.services, organisation.who("lead")
    theirs = next(one for one in services.catalog.services(PLATFORM).rows if one.team in lead.teams)
    found = Finding("5" * 32, "code", "py/eval", "eval of what was sent", "critical", "high", "it runs", "app.py", 3)
    services.findings.receive(PLATFORM, Upload(theirs.slug, "a journey", (found,), at=organisation.clock()))


@pytest.mark.usefixtures("unclaimed")
def test_a_finding_is_called_mine_from_the_first_page_by_keyboard_alone(visit):
    page = visit("/", role="lead")
    tab_to(page, "form[action$='/acknowledge'] button")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("Acknowledged. Due")
    expect(page.locator(".flash")).to_be_focused()


@pytest.mark.parametrize("scripted", [True, False])
def test_a_token_is_made_and_revoked_by_keyboard_alone(visit, scripted):
    page = visit("/settings/tokens", role="developer", java_script_enabled=scripted)
    name = f"CI by keyboard, {'with' if scripted else 'without'} a script"
    if scripted:
        type_into(page, "#name", name)
        tab_to(page, "input[value='finding:read']")
        page.keyboard.press("Space")
        page.keyboard.press("Space")
        assert page.is_checked("input[value='finding:read']")
        tab_to(page, "main form .button.primary")
    else:
        page.focus("#name")
        page.keyboard.type(name)
        page.focus("main aside form .button.primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("pre.secret")
    assert len(page.inner_text("pre.secret").strip()) > 20
    row = page.locator("tr", has_text=name)
    row.locator("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr", has_text=name)).to_contain_text("revoked")


def test_a_policy_is_tried_by_keyboard_alone_and_nothing_changes(visit, organisation):
    before = organisation.services.findings.policy(PLATFORM).digest
    page = visit("/settings/policy", role="developer")
    tab_to(page, "#policy")
    page.keyboard.press("Control+a")
    page.keyboard.type('[windows]\ncritical = "2 days"\nhigh = "20 days"\n')
    tab_to(page, "button[value='try']")
    page.keyboard.press("Enter")
    expect(page.locator("#trial")).to_have_text("This would change 3 values")  # unknown goes with high
    assert page.input_value("#policy").count("days") == 2
    assert organisation.services.findings.policy(PLATFORM).digest == before


def test_a_command_is_copied_by_a_button_that_only_a_script_adds(visit):
    page = visit("/ledger", permissions=["clipboard-read", "clipboard-write"])
    page.focus("button.copy")
    page.keyboard.press("Enter")
    expect(page.locator("button.copy").first).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "wardline ledger verify"
    assert visit("/ledger", java_script_enabled=False).locator("button.copy").count() == 0


def test_nothing_moves_once_a_page_is_shown(visit):
    for path in ("/", "/findings", "/velocity"):
        page = visit(path)
        page.evaluate("document.fonts.ready")
        shifts = page.evaluate("""() => new Promise(done => new PerformanceObserver(list => done(
            list.getEntries().reduce((sum, one) => sum + one.value, 0)
        )).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))""")
        assert shifts < 0.02, path
