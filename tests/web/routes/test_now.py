import httpx
from tests.web import world as worlds
from tests.web.conftest import Browser

from wardline.findings.model import Query, Upload
from wardline.findings.report import fingerprint
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page
from wardline.web.app import pages


def test_my_things_come_first_then_my_teams_then_what_burns(sign_in, organisation):
    page = sign_in("lead").page("/")
    mine = organisation.services.findings.list(
        organisation.who("lead"), Query(owner=organisation.accounts["lead"], waived=False), Page(20)
    ).rows
    links = [link for link in page.links if link.startswith("/findings/fnd-")]
    assert links[: len(mine)] == [f"/findings/{one.id}" for one in mine]
    assert len(links) == len(set(links))  # nothing stands there twice


def test_somebody_of_another_team_is_shown_only_what_they_may_see(sign_in, organisation):
    page = sign_in("developer").page("/")
    seen = organisation.services.findings.list(organisation.who("developer"), Query(), Page(1000)).rows
    known = {f"/findings/{one.id}" for one in seen}
    assert {link for link in page.links if link.startswith("/findings/fnd-")} <= known


def test_whoever_decides_sees_what_waits_for_them(sign_in):
    assert "Waiting for your decision" in sign_in("security").page("/").words
    assert "Waiting for your decision" not in sign_in("director").page("/").words


def test_a_finding_is_acknowledged_from_here_and_one_comes_back_here(sign_in, organisation):
    lead = organisation.who("lead")
    any_of_theirs = organisation.services.findings.list(lead, Query(), Page(1)).rows[0]
    fresh = any_of_theirs.attributes._replace(fingerprint=fingerprint("acknowledged", "from here"), title="Seen today")
    organisation.services.findings.receive(PLATFORM, Upload(any_of_theirs.service, "another tool", (fresh,)))
    one = organisation.services.findings.list(lead, Query(text="Seen today"), Page(1)).rows[0]
    browser = sign_in("lead")
    answer = browser.send(f"/findings/{one.id}/acknowledge", to="/")
    assert answer.headers["location"] == "/"
    assert "Acknowledged. Due" in browser.page("/").words
    assert "Acknowledged. Due" not in browser.page("/").words


def test_a_platform_that_nobody_reported_to_is_not_called_safe(tmp_path, lite, runner):
    made = worlds.empty(f"sqlite:///{lite.engine.url.database}", tmp_path)
    browser = Browser(pages(made.services), runner, httpx.Cookies({"wardline": made.cookie("admin")}))
    for path in ("/", "/findings", "/services", "/waivers", "/portfolio", "/velocity", "/ledger", "/settings/notices"):
        said = browser.page(path).words
        assert "Nothing burns" not in said
        assert "all is well" not in said
    first = browser.page("/").words
    assert "Nothing has been reported yet" in first
    assert "wardline check . --send" in first
    made.services.database.close()
