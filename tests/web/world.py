"""A made-up organisation on one database, filled through the services' public methods over simulated weeks.

    world = build(database_url, folder, services=40, weeks=8)
    world.services                 # wardline.services.Services, at the end of the last week
    world.cookie("security")       # the session cookie of somebody of that role

Forty services of eight teams, about thirty people, some hundreds of findings (open, late, fixed, come back, waived,
dismissed) and a ledger of all that. The same seed gives the same world. Names of packages, weaknesses and advisories
are real so that pages look as they do in use; everything else is invented.
"""

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wardline.catalog.model import ServiceQuery
from wardline.catalog.service import Catalog
from wardline.findings.model import Query, Tracked, Upload
from wardline.findings.report import Exploited, Finding, Fix, Location, PackageRef, Step, fingerprint
from wardline.findings.service import Findings
from wardline.findings.waivers.model import Control, Request, Scope
from wardline.findings.waivers.service import Waivers
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.service import Duties
from wardline.kernel.errors import WardlineError
from wardline.kernel.identity.model import PLATFORM, Principal, Session
from wardline.kernel.identity.service import Identity
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.notices.service import Notices
from wardline.kernel.paging import Page
from wardline.kernel.settings import Settings
from wardline.services import Services
from wardline.vault.server.service import Vault

END = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _sections() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in Path(__file__).with_name("organisation.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = rows = []
        elif line and not line.startswith("#"):
            rows.append(tuple(part.strip() for part in line.split("|")))
    return found


ROWS = _sections()
PEOPLE = [name for (name,) in ROWS["people"]]
_KINDS = {
    "PyPI": ("pypi", "uv.lock"), "npm": ("npm", "package-lock.json"), "Maven": ("maven", "pom.xml"),
    "Go": ("golang", "go.sum"), "RubyGems": ("gem", "Gemfile.lock"), "crates.io": ("cargo", "Cargo.lock"),
}  # fmt: skip


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@dataclass
class World:
    """The organisation: its services and its people, by role."""

    services: Services
    clock: Clock
    sessions: dict[str, Session] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    def who(self, role: str) -> Principal:
        """Return somebody of a role, as their session says at this moment."""
        return self.services.identity.session(self.sessions[role].cookie)[0]

    def cookie(self, role: str) -> str:
        """Return the session cookie of somebody of a role."""
        return self.sessions[role].cookie


def opened(database_url: str, folder: Path, clock: Clock, *, url: str = "http://127.0.0.1:8000") -> Services:
    """Return the services over a database that has every table, for people who reach them at `url`."""
    settings = Settings(state=folder, database=database_url, url=url)
    database = Database(database_url)
    ledger = Ledger(database, clock, Signer.opened(folder))
    catalog = Catalog(database, clock, ledger)
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        ledger=ledger,
        duties=Duties(database, clock, "node-1"),
        identity=Identity(database, clock, ledger, settings),
        notices=Notices(database, clock, settings),
        catalog=catalog,
        findings=Findings(database, clock, ledger, catalog),
        waivers=Waivers(database, clock, ledger, catalog),
        vault=Vault(database, clock, ledger),
    )


def empty(database_url: str, folder: Path, *, start: datetime = END) -> World:
    """Return a platform that nobody has used yet but its administrator."""
    clock = Clock(start)
    world = World(opened(database_url, folder, clock), clock)
    identity = world.services.identity
    world.sessions["admin"] = identity.redeem_link(identity.first_link().rpartition("/")[2], agent=AGENT)
    return world


AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


def build(database_url: str, folder: Path, *, services: int = 40, weeks: int = 8, seed: int = 7) -> World:
    """Return the organisation after so many weeks."""
    chance = random.Random(seed)  # noqa: S311 - the same world each time is what is wanted
    world = empty(database_url, folder, start=END - timedelta(weeks=weeks))
    _people(world)
    slugs = _services(world, services)
    backlog = {slug: list(_possible(slug, chance)) for slug in slugs}
    present: dict[str, list[Finding]] = {slug: [] for slug in slugs}
    for week in range(weeks):
        for slug in slugs:
            _report(world, slug, present[slug], backlog[slug], chance, first=week == 0)
        _work(world, chance)
        if week >= weeks - 2:
            _waive(world)
        world.clock.at += timedelta(days=7)
        _duties(world)
    world.clock.at = END
    for role in [*world.sessions, *_ROLES]:
        _sign_in(world, role)
    world.services.ledger.sequence()
    return world


_OTHERS = (
    ("Ana Castellanos", "security"), ("Ben Ferris", "security"), ("Dana Cole", "director"), ("Uma Iyer", "auditor"),
)  # fmt: skip
_ROLES = ("security", "director", "auditor", "developer", "lead")


def _people(world: World) -> None:
    identity, catalog, admin = world.services.identity, world.services.catalog, world.who("admin")
    for slug, name, slack in ROWS["teams"]:
        world.teams[slug] = catalog.put_team(admin, slug, name=name, email=f"{slug}@shop.example", slack=slack).id
    for number, name in enumerate(PEOPLE):
        email = f"{name.split()[0].lower()}@shop.example".encode("ascii", "ignore").decode()
        made = identity.create_account(admin, name, email=email)
        world.accounts[name] = made.id
        catalog.put_member(
            admin, ROWS["teams"][number % len(ROWS["teams"])][0], made.id, lead=number < len(ROWS["teams"])
        )
    for name, role in _OTHERS:
        email = f"{name.split()[0].lower()}@shop.example"
        world.accounts[name] = identity.create_account(admin, name, email=email, roles=(role,)).id
    world.accounts |= {
        "security": world.accounts["Ana Castellanos"], "security-2": world.accounts["Ben Ferris"],
        "director": world.accounts["Dana Cole"], "auditor": world.accounts["Uma Iyer"],
        "lead": world.accounts[PEOPLE[0]], "developer": world.accounts[PEOPLE[8]],
    }  # fmt: skip
    for role in (*_ROLES, "security-2"):
        _sign_in(world, role)


def _sign_in(world: World, role: str) -> None:
    identity = world.services.identity
    if role == "admin":
        link = identity.first_link()
    else:
        _renewed(world)
        link = identity.invite(world.who("admin"), world.accounts[role])
    world.sessions[role] = identity.redeem_link(link.rpartition("/")[2], agent=AGENT)


def _renewed(world: World) -> None:
    try:
        world.who("admin")
    except WardlineError:
        _sign_in(world, "admin")


def _services(world: World, number: int) -> list[str]:
    catalog, admin = world.services.catalog, world.who("admin")
    slugs: list[str] = []
    for place in range(number):
        name, team, exposed, kinds = ROWS["services"][place % len(ROWS["services"])]
        if place >= len(ROWS["services"]):
            name = f"{name} {place // len(ROWS['services']) + 1}"
        slug = name.lower().replace(" ", "-")
        catalog.put_service(
            admin, slug, name=name, team=team, exposed=exposed == "yes",
            data=[kind for kind in kinds.split(",") if kind],
            repository=f"git.shop.example/{team}/{slug}",
            description=f"{name} of the shop, looked after by {team}.",
            environments=("production",),
            depends_on=[slugs[-1]] if len(slugs) % 3 == 2 else (),
        )  # fmt: skip
        slugs.append(slug)
    catalog.argue_tier(admin, slugs[0], 1, "Without orders the shop stands still, and they hold card data.")
    return slugs


def _possible(slug: str, chance: random.Random) -> Iterator[Finding]:
    """Give what may come to be wrong with a service, in the order in which it does."""
    made = [
        *(_package(slug, chance, *row) for row in chance.sample(ROWS["packages"], chance.randint(8, 16))),
        *(_code(slug, chance, *row) for row in chance.sample(ROWS["code"], chance.randint(1, 4))),
        *(_pipeline(slug, chance, *row) for row in chance.sample(ROWS["pipeline"], chance.randint(0, 2))),
        *(_exposed(slug, chance, *row) for row in chance.sample(ROWS["exposure"], chance.randint(0, 2))),
        *(_found(slug, *row) for row in chance.sample(ROWS["pentest"], 1 if chance.random() < 0.3 else 0)),
    ]
    chance.shuffle(made)
    yield from made


def _package(slug, chance, *row):
    ecosystem, name, version, fixed, advisory, title, severity, cwe, exploited, probability = row
    kind, lockfile = _KINDS[ecosystem]
    direct = chance.choice(("web-kit@3.2.0", "shop-client@1.8.1", "report-tools@0.9.4"))
    purl = f"pkg:{kind}/{name.replace(':', '/')}@{version}"
    return Finding(
        fingerprint("vulnerable-dependency", slug, ecosystem, name, advisory),
        "dependencies", "vulnerable-dependency", f"{name.rpartition(':')[2]}: {title}", severity, "high",
        f"{name} {version} is affected by {advisory}: {title.lower()}. Fixed in {fixed}.",
        file=lockfile, cwe=(cwe,), advisories=(advisory,),
        fix=Fix("upgrade", f"Upgrade {name} to {fixed}", fixed, f"wardline upgrade {name} --to {fixed}"),
        package=PackageRef(ecosystem, name, version, purl, ((direct, f"{name}@{version}"),)),
        exploited=Exploited("2025-12-10", "2025-12-24", True) if exploited == "yes" else None,
        exploit_probability=float(probability),
    )  # fmt: skip


def _code(slug, chance, *row):
    rule, title, severity, cwe, repair = row
    file = chance.choice(("src/app/views.py", "src/api/handlers.py", "src/export/jobs.py"))
    line = chance.randint(20, 400)
    steps = ((12, "the request's parameter is read"), (5, "it is passed on unchanged"), (0, "it is used here"))
    return Finding(
        fingerprint(rule, slug, file), "code", rule, title, severity, chance.choice(("high", "medium")),
        f"{title}. What a stranger sends reaches the place without a check.",
        file=file, line=line, end_line=line, cwe=(cwe,), fix=Fix("edit", repair),
        trace=tuple(Step(file, line - before, said) for before, said in steps),
    )  # fmt: skip


def _pipeline(slug, chance, *row):
    rule, title, severity, cwe, repair = row
    file = ".github/workflows/ci.yml"
    return Finding(
        fingerprint(rule, slug, file), "pipeline", rule, title, severity, "high", f"{title}.",
        file=file, line=chance.randint(5, 60), cwe=(cwe,), fix=Fix("edit", repair),
    )  # fmt: skip


def _exposed(slug, chance, *row):
    rule, title, severity, cwe, file = row
    return Finding(
        fingerprint(rule, slug, file), "exposure", rule, title, severity, "high",
        f"{title}. Whoever reads the repository has it; changing the file does not take it back.",
        file=file, line=chance.randint(2, 40), cwe=(cwe,),
        fix=Fix("rotate", "Rotate it first, then take it out of the tree and its history."),
    )  # fmt: skip


def _found(slug, *row):
    rule, title, severity, cwe, route = row
    return Finding(
        fingerprint(rule, slug, route), "pentest", rule, title, severity, "medium", f"{title}, at {route}.",
        location=Location("url", f"https://{slug}.shop.example{route.split()[1]}"), cwe=(cwe,),
        fix=Fix("edit", "Check in the handler that the thing asked for belongs to whoever asks."),
    )  # fmt: skip


_GAP = {"practice": "dependencies", "scope": "vendor/", "reason": "no lockfile", "remedy": "add one", "units": 3}
_PACE = {"critical": 0.95, "high": 0.6, "medium": 0.22, "low": 0.15}


def _report(world, slug, present: list[Finding], backlog: list[Finding], chance: random.Random, *, first: bool) -> None:
    """Send one week's report: some things were repaired meanwhile, some new ones have come."""
    slow = slug in {"warehouse", "notebook-hub", "lake-ingest", "carrier-bridge", "returns"}
    quick = len(slug) % 3 == 0
    repaired = [
        one for one in present if chance.random() < (0.05 if slow else _PACE[one.severity] + (0.2 if quick else 0.0))
    ]
    for one in repaired:
        present.remove(one)
        if chance.random() < 0.15:
            backlog.append(one)  # it comes back
    new = chance.randint(5, 9) if first else chance.randint(0, 5 if slow else 3)
    present += [backlog.pop(0) for _ in range(min(len(backlog), new))]
    if slug == "cron-runner":
        return  # nothing was ever reported of this one
    commit = f"{chance.getrandbits(160):040x}"
    world.services.findings.receive(
        PLATFORM,
        Upload(
            service=slug, source="wardline check", findings=tuple(present),
            complete=frozenset({"dependencies", "code", "pipeline", "exposure", "pentest"}),
            commit=commit, at=world.clock(),
            gaps=(_GAP,) if slug == "image-resizer" else (),
        ),
    )  # fmt: skip
    if chance.random() < 0.8:
        digest, between = chance.getrandbits(256), chance.getrandbits(160)
        world.services.catalog.record_deployment(
            PLATFORM,
            slug,
            "production",
            f"sha256:{digest:064x}",
            commit if digest % 4 else f"{between:040x}",  # a quarter is built from what nobody examined
            world.clock(),
        )


def _work(world: World, chance: random.Random) -> None:
    """Let people acknowledge, start and hand over some of what is theirs."""
    findings, catalog = world.services.findings, world.services.catalog
    members = {team: catalog.members(PLATFORM, team) for team in world.teams.values()}
    for one in _all(lambda page: findings.list(PLATFORM, Query(states=frozenset({"detected", "owned"})), page)):
        people = members.get(one.team)
        if not people or chance.random() > 0.45:
            continue
        if one.state == "detected":
            findings.assign(PLATFORM, one.id, chance.choice(people).account)
        else:
            findings.start(PLATFORM, one.id)


def _waive(world: World) -> None:
    """Ask for some waivers; security decides about some of them."""
    waivers, findings = world.services.waivers, world.services.findings
    _fresh(world)
    lead, security = world.who("lead"), world.who("security")
    reasons = ("fix-in-progress", "compensating-control", "no-fix-available", "not-reachable")
    wanted = Query(teams=lead.teams, severities=frozenset({"high", "medium", "low"}))
    rows = findings.list(PLATFORM, wanted, Page(9)).rows
    for number, one in enumerate(rows):
        try:
            shown = waivers.ask(lead, _request(one, reasons[number % len(reasons)], world))
            if number % 3 == 0:
                waivers.approve(security, shown.waiver.id)
            elif number % 3 == 1 and number > 3:
                waivers.refuse(security, shown.waiver.id, "The upgrade is one line, and the internet reaches this.")
        except WardlineError:
            continue
    wrong = Query(practices=frozenset({"code"}), severities=frozenset({"low", "medium"}))
    late = findings.list(PLATFORM, wrong, Page(2)).rows
    for one in late:
        with suppress(WardlineError):  # it was asked the week before
            findings.dismiss(
                security, one.id, "The rule is wrong here",
                "The hash names a cache entry and protects nothing; see the test of the cache.",
                world.clock() + timedelta(days=60),
            )  # fmt: skip


def _request(one: Tracked, reason: str, world: World) -> Request:
    return Request(
        Scope(one.service, fingerprint=one.fingerprint), reason,  # type: ignore[arg-type]
        "The fix needs the new client library, which the team brings in with the next release train.",
        Control("The edge proxy refuses requests to the path from outside.", attested_by=world.accounts[PEOPLE[8]]),
        world.clock() + timedelta(days=20),
    )  # fmt: skip


def _fresh(world: World) -> None:
    for role in ("admin", *_ROLES, "security-2"):
        _sign_in(world, role)


def _duties(world: World) -> None:
    """Let everything that is due run."""
    owed = [*world.services.findings.duties(), *world.services.waivers.duties()]
    world.services.duties.runner([*owed, *world.services.notices.duties()]).step(world.clock())
    world.services.ledger.sequence()


def _all(ask) -> list[Tracked]:
    rows, page = [], Page(500)
    while True:
        listing = ask(page)
        rows += listing.rows
        if not listing.next_cursor:
            return rows
        page = Page(500, listing.next_cursor)


def every_service(world: World) -> list[str]:
    """Return the slugs of all services."""
    return [one.slug for one in world.services.catalog.services(PLATFORM, ServiceQuery(), Page(1000)).rows]
