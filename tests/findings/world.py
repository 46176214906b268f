"""Findings over a real database, catalog and ledger, for tests: a team, a service, some people, and a short way in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from tests.conftest import Clock

from wardline.catalog.service import Catalog
from wardline.findings.model import Query, Receipt, Tracked, Upload
from wardline.findings.report import Finding, fingerprint
from wardline.findings.service import Findings
from wardline.kernel import ids
from wardline.kernel.database.engine import Database
from wardline.kernel.duties.model import Turn
from wardline.kernel.identity import store as identity
from wardline.kernel.identity.model import Account, Principal, Role, granted
from wardline.kernel.ledger.keys import Signer
from wardline.kernel.ledger.service import Ledger
from wardline.kernel.paging import Page

REASON = "The flagged call never sees what a stranger wrote."
EVIDENCE = "Read every caller in the repository: all pass constants."
EVERY: frozenset[Any] = frozenset({"detected", "owned", "fixing", "fixed", "verified", "dismissed"})


def finding(name: object = 1, **said: Any) -> Finding:
    """A finding of a code rule; `name` is all that its identity is made of."""
    values: dict[str, Any] = {
        "fingerprint": fingerprint("test", str(name)), "practice": "code", "rule": "sql-injection",
        "title": f"SQL from outside {name}", "severity": "medium", "confidence": "high",
        "message": "A query is put together from what a stranger sends.", "file": f"src/part{name}.py", "line": 3,
    }  # fmt: skip
    if "location" in said:
        values["file"] = None
    return Finding(**{**values, **said})


class OneTurn:
    """A turn of a duty whose lease nobody takes."""

    fence = 1
    stopping = False

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

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
    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.ledger = Ledger(database, clock, Signer.generated())
        self.catalog = Catalog(database, clock, self.ledger)
        self.findings = Findings(database, clock, self.ledger, self.catalog)
        self.security = self.person("Sec", "security")
        self.team = self.catalog.put_team(self.security, "payments", name="Payments").id
        self.service = self.catalog.put_service(self.security, "checkout", name="Checkout", team=self.team).id
        self.dev = self.person("Dev", "developer", team=self.team)
        self.colleague = self.person("Colleague", "developer", team=self.team)
        self.stranger = self.person("Stranger", "developer")
        self.auditor = self.person("Auditor", "auditor")
        self.ci = Principal(
            "workload", "acc-ci", "CI", granted(frozenset({"machine"})), services=frozenset({self.service})
        )

    def person(self, name: str, *roles: Role, team: str | None = None) -> Principal:
        identifier = ids.new("acc", self.clock())
        account = Account(
            identifier, name, f"{name.lower()}@example.org", frozenset(roles), active=True, created_at=self.clock()
        )
        with self.database.transaction() as tx:
            identity.put_account(tx, account)
            if team:
                identity.put_membership(tx, identifier, team, lead=False, at=self.clock())
        teams = frozenset({team} if team else ())
        return Principal("person", identifier, name, granted(frozenset(roles)), teams=teams)

    def send(
        self, *found: Finding, source: str = "bandit", complete: Iterable[Any] = ("code",), **said: Any
    ) -> Receipt:
        upload = Upload(self.service, source, found, complete=frozenset(complete), **said)
        return self.findings.receive(self.ci, upload)

    def all(self, **query: Any) -> list[Tracked]:
        found = self.findings.list(self.auditor, Query(**{"states": EVERY, **query}), Page(1000))
        return sorted(found.rows, key=lambda one: one.title)

    def one(self, **query: Any) -> Tracked:
        (found,) = self.all(**query)
        return found

    def run(self, name: str) -> str:
        (duty,) = (duty for duty in self.findings.duties() if duty.name == name)
        return duty.run(self.turn())

    def turn(self) -> Turn:
        return OneTurn(self.database, self.clock)

    def actions(self, about: str) -> list[str]:
        everything = self.auditor._replace(permissions=self.auditor.permissions | {"ledger:read", "ledger:read-all"})
        return [event.action for event in reversed(self.ledger.list(everything, about=about, page=Page(1000)).rows)]

    def dismissed(self, identifier: str, **life: float) -> Tracked:
        expires = self.clock() + timedelta(**(life or {"days": 30}))
        self.findings.dismiss(self.dev, identifier, REASON, EVIDENCE, expires)
        return self.findings.approve_dismissal(self.security, identifier)
