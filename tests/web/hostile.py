"""Text as strangers and insiders could write it to be shown to others: in every field that a page shows."""

from datetime import timedelta

from tests.web.world import PEOPLE, World

from wardline.findings.model import Query, Upload
from wardline.findings.report import Exploited, Finding, Fix, Location, PackageRef, Step, fingerprint
from wardline.findings.waivers.model import Control, Request, Scope
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page

MARK = "zq7"  # stands in every hostile text, and in nothing else
BIDI = "\u202e\u2066\u200f"
CONTROL = "\x1b[31m\x07\x00\x85\u2028"
MARKUP = (
    f"{MARK}\"'></title></textarea></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "<svg onload=alert(3)><a href=javascript:alert(4) hx-get=/sign-out hx-trigger=load>{{ 7*7 }}{% raw %}${7*7}"
)
TEXT = f"{MARKUP} {BIDI}{CONTROL}"
SCRIPT_ADDRESS = f"javascript:alert('{MARK}')"


def finding(name: str, *, located: bool = False) -> Finding:
    """Return a finding with hostile text in every field that may hold text."""
    where = {"location": Location("url", SCRIPT_ADDRESS)} if located else {"file": f"{TEXT}.py", "line": 3}
    return Finding(
        fingerprint("hostile", name), "code", TEXT, TEXT, "critical", "high", f"{TEXT}\n{TEXT}",
        cwe=(TEXT, 'CWE-79" onclick=alert(5)'), advisories=(TEXT, SCRIPT_ADDRESS, 'CVE-1"onmouseover=alert(6)'),
        fix=Fix("upgrade", TEXT, TEXT, f"rm -rf / # {TEXT}"),
        package=PackageRef("npm", TEXT, TEXT, SCRIPT_ADDRESS, ((TEXT, TEXT),)),
        trace=(Step(TEXT, 1, TEXT),), exploited=Exploited(TEXT, TEXT, True), exploit_probability=0.5,
        **where,
    )  # fmt: skip


def fill(world: World) -> dict[str, str]:
    """Put hostile text into everything that takes text, and return where it is to be seen, by name."""
    services, admin = world.services, world.who("admin")
    catalog, identity, findings = services.catalog, services.identity, services.findings
    team = catalog.put_team(admin, "hostile", name=TEXT[:190], email=None, slack=TEXT[:90])
    service = catalog.put_service(
        admin, "hostile", name=TEXT[:190], team=team.id, exposed=True, repository=SCRIPT_ADDRESS, description=TEXT[:500]
    )
    catalog.argue_tier(admin, service.id, 2, TEXT)
    person = identity.create_account(admin, TEXT[:190], email=None, roles=("developer",))
    catalog.put_member(admin, team.id, person.id, lead=True)
    catalog.put_member(admin, team.id, world.accounts[PEOPLE[0]])
    catalog.record_deployment(admin, service.id, "production", "sha256:" + "0" * 64, None, world.clock())
    findings.receive(
        PLATFORM,
        Upload(
            service=service.id, source=TEXT[:90], findings=(finding("file"), finding("place", located=True)),
            commit=None, at=world.clock(),
            gaps=({"practice": "code", "scope": TEXT, "reason": TEXT, "remedy": TEXT, "units": 1},),
        ),
    )  # fmt: skip
    rows = findings.list(PLATFORM, Query(services=frozenset({service.id})), Page(5)).rows
    lead, security = world.who("lead"), world.who("security")
    findings.assign(PLATFORM, rows[0].id, person.id)
    findings.dismiss(security, rows[0].id, TEXT[:300], TEXT, world.clock() + timedelta(days=9))
    waiver = services.waivers.ask(
        lead,
        Request(
            Scope(service.id, fingerprint=rows[1].fingerprint), "fix-in-progress", TEXT,
            Control(TEXT, attested_by=world.accounts[PEOPLE[8]]), world.clock() + timedelta(days=5),
        ),
    )  # fmt: skip
    identity.create_token(security, TEXT[:90], ("finding:read",), (), None)
    link = identity.invite(admin, person.id).rpartition("/")[2]
    identity.redeem_link(link, agent=TEXT)
    services.ledger.sequence()
    event = services.ledger.list(PLATFORM, about=waiver.waiver.id, page=Page(1)).rows[0]
    return {
        "service": f"/services/{service.slug}",
        "finding": f"/findings/{rows[0].id}",
        "place": f"/findings/{rows[1].id}",
        "waiver": f"/waivers/{waiver.waiver.id}",
        "team": f"/settings/teams/{team.id}",
        "person": f"/settings/people/{person.id}",
        "event": f"/ledger/{event.id}",
        "ask": f"/waivers/ask?finding={rows[0].id}",
    }
