"""A small organisation on a platform of its own: two teams, a service each, one person for every role, and the API.

Everything is in this process: requests go to the application without a socket.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.conftest import Clock

from wardline.api.app import PREFIX, application
from wardline.findings.model import Upload
from wardline.findings.report import Finding
from wardline.kernel.identity.model import PERMISSIONS, Permission, Principal, Role, granted
from wardline.kernel.identity.tokens import NEVER
from wardline.kernel.settings import Settings
from wardline.main import platform
from wardline.services import Services

ROOT = Principal("person", "acc-00000000000000000000000000", "Root", frozenset(PERMISSIONS))
ROLES: tuple[Role, ...] = ("admin", "auditor", "developer", "director", "machine", "security")


def finding(number: int = 1, **values: Any) -> Finding:
    """Return a finding as a check reports it."""
    made: dict[str, Any] = {
        "fingerprint": f"{number:032x}",
        "practice": "code",
        "rule": "py/sql",
        "title": f"SQL made of text ({number})",
        "severity": "high",
        "confidence": "high",
        "message": "a query is put together from what a user sent",
        "file": f"app/query_{number}.py",
        "line": number,
    }
    return Finding(**made | values)


@dataclass
class World:
    """The platform, its API, and a token for each person."""

    services: Services
    app: Starlette
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    systems: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, who: str | None = None, **options: Any) -> httpx.Response:
        """Return the API's answer to somebody."""
        return asyncio.run(self.asked(method, path, who, **options))

    async def asked(
        self,
        method: str,
        path: str,
        who: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Return the API's answer to somebody, where a loop runs already."""
        sent = {**({"Authorization": f"Bearer {self.tokens[who]}"} if who else {}), **(headers or {})}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://wardline.example") as client:
            return await client.request(method, PREFIX + path, headers=sent, **options)

    def person(self, name: str, *roles: Role, team: str = "", lead: bool = False, signed_in: bool = True) -> str:
        """Make a person who is signed in on a command line; return the account's id."""
        account = self.services.identity.create_account(ROOT, name, roles=roles)
        self.people[name] = account.id
        if team:
            self.services.catalog.put_member(ROOT, team, account.id, lead=lead)
        if signed_in:
            link = self.services.identity.invite(ROOT, account.id).rpartition("/")[2]
            self.tokens[name] = f"wls_{self.services.identity.redeem_link(link).cookie}"
        return account.id

    def token(self, name: str, of: str, *permissions: Permission, services: tuple[str, ...] = ()) -> str:
        """Make an API token of a person's and keep it under a name."""
        who, _ = self.services.identity.session(self.tokens[of].removeprefix("wls_"))
        wanted = permissions or tuple(granted_to(self, of) - NEVER)
        _, text = self.services.identity.create_token(
            ROOT._replace(id=who.id, name=who.name, permissions=who.permissions | {"token:create"}),
            name, wanted, services, self.clock() + timedelta(days=30),
        )  # fmt: skip
        self.tokens[name] = text
        return text

    def receive(self, service: str, *findings: Finding, **values: Any) -> None:
        """Take in a report, as if CI had sent it."""
        upload = Upload(service=service, source="wardline check", findings=findings, complete=frozenset({"code"}))
        self.services.findings.receive(ROOT, upload._replace(**values))

    def findings(self, service: str) -> list[str]:
        """Return the ids of a service's open findings, by fingerprint."""
        found = self.services.findings.list(ROOT).rows
        return [one.id for one in sorted(found, key=lambda one: one.fingerprint) if one.service_name == service]


def real_now() -> datetime:
    """Return the time as it is, for a clock that a real command line is held against."""
    return datetime.now(UTC)


def granted_to(world: World, name: str) -> frozenset[Permission]:
    """Return what a person's roles grant."""
    return granted(world.services.identity.account(ROOT, world.people[name]).roles)


def made(url: str, folder: Path, clock: Clock) -> World:
    """Return an organisation: `orders` of team red, `billing` of team blue, a person for each role in team red."""
    settings = Settings(state=folder, database=url, url="https://wardline.example", max_report_bytes=64 * 1024 * 1024)
    services = platform.services(settings, clock)
    services.database.close()
    app = Starlette(routes=[Mount(PREFIX, application(services))])
    world = World(services, app, clock)
    for team, system in (("red", "orders"), ("blue", "billing")):
        world.teams[team] = services.catalog.put_team(ROOT, team, name=team.title()).id
        world.systems[system] = services.catalog.put_service(ROOT, system, name=system.title(), team=team).id
    for role in ROLES:
        world.person(role, role, team="red" if role in {"developer", "machine"} else "")
    world.person("lead", "developer", team="red", lead=True)
    world.person("other", "developer", team="blue")
    return world
