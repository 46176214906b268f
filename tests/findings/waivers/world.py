"""A small organisation for tests: a team with a lead, two people in security, a director, a service with findings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Integer, Table, insert, select, update
from tests.conftest import Clock

from wardline.catalog.service import Catalog
from wardline.catalog.tables import SERVICES, TEAMS
from wardline.findings.escalation.service import Escalation
from wardline.findings.report import Severity
from wardline.findings.tables import CYCLES, FINDINGS
from wardline.findings.waivers.keeping import Keeper
from wardline.findings.waivers.model import Control, Request, Scope, Shown
from wardline.findings.waivers.service import Waivers
from wardline.kernel import ids
from wardline.kernel.database.engine import Database
from wardline.kernel.database.types import Moment
from wardline.kernel.duties.model import Turn
from wardline.kernel.identity import store as identity
from wardline.kernel.identity.model import Account, Principal, Role, granted
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.notices.store import NOTICES

URGENCY = {"critical": 0, "high": 1, "unknown": 1, "medium": 2, "low": 3, "info": 4}
WINDOW = {"critical": 7, "high": 30, "unknown": 30, "medium": 90, "low": 180, "info": 180}
WHY = "The fix is merged upstream; its release is announced for next month."
HOLDS = "The endpoint is only reachable from inside, and its logs are watched."


def filled(table: Table, at: datetime, **values: Any) -> dict[str, Any]:
    """Return a row: what is not said is whatever a column of its type may be."""
    for column in table.c:
        if column.name not in values and not column.nullable and column.default is None:
            kinds = ((Moment, at), (JSON, []), (Boolean, False), (Integer, 0))
            values[column.name] = next((value for kind, value in kinds if isinstance(column.type, kind)), "")
    return {name: value for name, value in values.items() if name in table.c}


class OneTurn:
    """A turn of a duty whose lease nobody takes."""

    def __init__(self, database: Database, clock: Clock, fence: int = 1) -> None:
        self._database = database
        self._clock = clock
        self.fence = fence
        self.stopping = False

    @property
    def now(self) -> datetime:
        return self._clock()

    def rest(self, seconds: float) -> bool:
        return False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with self._database.transaction() as tx:
            yield tx


class World:
    def __init__(self, database: Database, clock: Clock, folder: Path) -> None:
        self.database = database
        self.clock = clock
        self.ledger = Ledger(database, clock, Signer.opened(folder))
        self.catalog = Catalog(database, clock, self.ledger)
        self.waivers = Waivers(database, clock, self.ledger, self.catalog)
        self.keeper = Keeper(self.waivers._desk)
        self.escalation = Escalation(database, clock, self.ledger, self.catalog)
        self.accounts: dict[str, Account] = {}
        self.team = self.add_team("orders")
        self.service = self.add_service("orders", self.team)
        self.dev = self.add("dev", "developer", team=self.team)
        self.lead = self.add("lead", "developer", team=self.team, lead=True)
        self.sec = self.add("sec", "security")
        self.sec2 = self.add("sec2", "security")
        self.director = self.add("director", "director")

    def add_team(self, slug: str, **addresses: str) -> str:
        identifier = ids.new("tea", self.clock())
        row = filled(TEAMS, self.clock(), id=identifier, slug=slug, name=slug.capitalize(), **addresses)
        with self.database.transaction() as tx:
            tx.execute(insert(TEAMS).values(**row))
        return identifier

    def add_service(self, slug: str, team: str) -> str:
        identifier = ids.new("svc", self.clock())
        row = filled(
            SERVICES, self.clock(), id=identifier, slug=slug, name=slug.capitalize(), team=team, tier=3, contacts={}
        )
        with self.database.transaction() as tx:
            tx.execute(insert(SERVICES).values(**row))
        return identifier

    def add(self, name: str, *roles: Role, team: str | None = None, lead: bool = False, email: str = "") -> Principal:
        identifier = ids.new("acc", self.clock())
        account = Account(
            identifier, name.capitalize(), email or f"{name}@example.org", frozenset(roles), active=True,
            created_at=self.clock(),
        )  # fmt: skip
        with self.database.transaction() as tx:
            identity.put_account(tx, account)
            if team:
                identity.put_membership(tx, identifier, team, lead=lead, at=self.clock())
        teams = frozenset({team} if team else ())
        self.accounts[name] = account
        return Principal(
            "person", identifier, account.name, granted(frozenset(roles)), teams=teams,
            leads=teams if lead else frozenset(),
        )  # fmt: skip

    def finding(self, severity: Severity = "medium", **said: Any) -> str:
        at = self.clock()
        identifier = ids.new("fnd", at)
        values: dict[str, Any] = {
            "id": identifier, "service": self.service, "fingerprint": identifier[4:].ljust(32, "0")[:32].translate(
                str.maketrans("ghjkmnpqrstvwxyz", "0123456789abcdef")
            ),
            "practice": "code", "rule": "sql-injection", "title": f"A {severity} thing", "severity": severity,
            "urgency": URGENCY[severity], "confidence": "high", "place": "src/legacy/orders.py:12",
            "file": "src/legacy/orders.py", "source": "wardline check", "team": self.team, "owner": self.dev.id,
            "state": "detected", "open": True, "cycle": 1, "first_detected_at": at, "detected_at": at,
            "window_seconds": WINDOW[severity] * 86400, "due_at": at + timedelta(days=WINDOW[severity]),
            "acknowledge_by": at + timedelta(days=1), "last_seen_at": at, "escalation": 0, "exploited": False,
            **said,
        }  # fmt: skip
        cycle = filled(CYCLES, at, finding=identifier, number=1, service=self.service, team=self.team)
        with self.database.transaction() as tx:
            tx.execute(insert(FINDINGS).values(**filled(FINDINGS, at, **values)))
            tx.execute(insert(CYCLES).values(**cycle))
        return identifier

    def change(self, finding: str, **values: Any) -> None:
        if "severity" in values:
            values["urgency"] = URGENCY[values["severity"]]
        with self.database.transaction() as tx:
            tx.execute(update(FINDINGS).where(FINDINGS.c.id == finding).values(**values))

    def row(self, finding: str) -> Any:
        with self.database.reading() as tx:
            return tx.execute(select(FINDINGS).where(FINDINGS.c.id == finding)).one()

    def request(self, finding: str | None = None, *, days: float = 7, **parts: Any) -> Request:
        scope = parts.pop("scope", None)
        if scope is None:
            scope = Scope(self.service, fingerprint=self.row(finding or self.finding()).fingerprint)
        control = parts.pop("control", Control(HOLDS, attested_by=self.lead.id))
        expires = parts.pop("expires_at", self.clock() + timedelta(days=days))
        return Request(scope, "fix-in-progress", WHY, control, expires)._replace(**parts)

    def asked(self, finding: str | None = None, who: Principal | None = None, **parts: Any) -> Shown:
        return self.waivers.ask(who or self.dev, self.request(finding, **parts))

    def keep(self) -> str:
        return self.keeper.run(self.turn())

    def turn(self, fence: int = 1) -> Turn:
        return OneTurn(self.database, self.clock, fence)

    def actions(self, about: str) -> list[str]:
        found = self.ledger.list(self.admin(), about=about).rows
        return [event.action for event in reversed(found)]

    def admin(self) -> Principal:
        return Principal("person", "acc-none", "Auditor", granted(frozenset({"auditor"})))

    def notices(self, **where: Any) -> list[Mapping[str, Any]]:
        query = select(NOTICES).order_by(NOTICES.c.posted_at, NOTICES.c.recipient_name, NOTICES.c.id)
        for name, value in where.items():
            query = query.where(NOTICES.c[name] == value)
        with self.database.reading() as tx:
            return [dict(row) for row in tx.execute(query).mappings()]

    def told(self, **where: Any) -> list[tuple[str, str]]:
        return [(row["recipient_name"], row["subject"]) for row in self.notices(**where)]
