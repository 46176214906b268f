"""A platform put together as `main` does it, with a few people, for stories that go through its services."""

from datetime import datetime
from pathlib import Path

from tests.conftest import Clock

from wardline.findings.model import Query, Receipt, Tracked, Upload
from wardline.findings.report import Finding, Severity, fingerprint
from wardline.kernel.identity.model import PLATFORM, Principal, Role, granted
from wardline.kernel.notices.delivery import Courier
from wardline.kernel.notices.model import Message, Outcome, Sent
from wardline.kernel.settings import Settings
from wardline.main import platform
from wardline.services import Services


class Mailbox:
    """A channel that takes everything."""

    max_sections = 25

    def __init__(self, name: str) -> None:
        self.name = name
        self.messages: list[Message] = []

    def off(self) -> str:
        return ""

    def send(self, message: Message) -> Outcome:
        self.messages.append(message)
        return Sent("ok")


class Organisation:
    def __init__(self, database_url: str, clock: Clock, folder: Path) -> None:
        self.clock = clock
        self.services: Services = platform.services(Settings(folder, database_url, url="https://w.example"), clock)
        self.mail, self.chat = Mailbox("email"), Mailbox("slack")
        courier = Courier({"email": self.mail, "slack": self.chat}, "https://w.example")  # type: ignore[dict-item]
        (deliver,) = self.services.notices.duties()
        owed = [*self.services.waivers.duties(), deliver._replace(run=courier.run)]
        self.runner = self.services.duties.runner(owed)
        self.services.catalog.put_team(PLATFORM, "orders", name="Orders", email="orders@example.org", slack="#orders")
        self.service = self.services.catalog.put_service(PLATFORM, "orders", name="Orders", team="orders").id
        self.dev = self.person("Dev", "developer")
        self.lead = self.person("Lead", "developer", lead=True)
        self.sec = self.person("Sec", "security", team=False)
        self.director = self.person("Director", "director", team=False)

    def person(self, name: str, role: Role, *, team: bool = True, lead: bool = False) -> Principal:
        account = self.services.identity.create_account(
            PLATFORM, name, email=f"{name.lower()}@example.org", roles=[role]
        )
        teams = frozenset[str]()
        if team:
            self.services.catalog.put_member(PLATFORM, "orders", account.id, lead=lead)
            teams = frozenset({self.services.catalog.team(PLATFORM, "orders").id})
        return Principal("person", account.id, name, granted(frozenset({role})), teams=teams)

    def reported(self, *findings: Finding) -> Receipt:
        upload = Upload(
            "orders", "wardline check", findings, complete=frozenset({"code"}), commit="c0ffee", at=self.clock()
        )
        return self.services.findings.receive(PLATFORM, upload)

    def only(self) -> Tracked:
        (one,) = self.services.findings.list(self.sec, Query(states=frozenset(
            {"detected", "owned", "fixing", "fixed", "verified"}))).rows  # fmt: skip
        return one

    def step(self) -> None:
        for outcome in self.runner.step(self.clock()):
            assert outcome.error is None, (outcome.name, outcome.error)

    def until(self, end: datetime) -> None:
        """Let time pass, and the duties run once a day."""
        while self.clock.at < end:
            self.step()
            self.clock.forward(days=1)
        self.clock.at = end
        self.step()
        self.clock.forward(minutes=1)  # what was posted is sent
        self.step()

    def told(self) -> list[tuple[str, str, str]]:
        """Return what was sent since the last time: when, to whom, the subject of each part."""
        sent = [
            (f"{message.at:%a %d %b %H:%M}", message.address, section.subject)
            for box in (self.mail, self.chat)
            for message in box.messages
            for section in message.sections
        ]
        self.mail.messages.clear()
        self.chat.messages.clear()
        return sorted(sent)


def finding(
    severity: Severity = "high", title: str = "SQL built from a header", file: str = "src/search.py"
) -> Finding:
    return Finding(
        fingerprint("sql-injection", file, title), "code", "sql-injection", title, severity, "high", title,
        file=file, line=12,
    )  # fmt: skip
