"""U+0000 and lone surrogates, which PostgreSQL refuses, in everything that a face takes: answered, and never a defect.

Each field of each endpoint of the API and each field of each form, on both databases. (Reports: T-44 and T-15.)
"""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from tests.api import world as making
from tests.api.test_roles import TABLE, bodies
from tests.api.world import ROOT, World, finding
from tests.conftest import Clock

from wardline.findings.waivers.model import Control, Request, Scope
from wardline.web.app import ROUTES, pages
from wardline.web.routing import Look, Move

WORDS = "the query takes no text from outside: it is built from an enumeration"
ADDRESS = "https://wardline.example"
BAD = ("\x00", "\ud800")
ROWS = [" ".join(line.split()[:2]) for line in TABLE.splitlines()[1:]]
FIELDS = ("account", "address", "argument", "channel", "do", "email", "evidence", "finding", "justification", "keys",
          "lead", "name", "permission", "policy", "reason", "role", "service", "slack", "slug", "theme", "to",
          "why", "check", "control", "expires", "until", "text", "scope", "repository")  # fmt: skip


class Scene:
    """An organisation with something in it, whoever may do everything, and three people at their browsers."""

    def __init__(self, world: World, names: dict[str, str], pages: Starlette) -> None:
        self.world = world
        self.names = names
        self.pages = pages

    def path(self, template: str) -> str:
        for name, value in self.names.items():
            template = template.replace(f"{{{name}}}", value)
        return template

    def look(self, path: str, who: str = "security") -> httpx.Response:
        return self._browse("GET", path, who)

    def send(self, path: str, who: str, fields: dict[str, str]) -> httpx.Response:
        cookie = self.world.tokens[who].removeprefix("wls_")
        session = self.world.services.identity.session(cookie)[1]
        form = {**fields, "csrf": self.world.services.identity.csrf(session)}
        encoded = "&".join(f"{name}={quoted(value)}" for name, value in form.items())
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._browse("POST", path, who, content=encoded.encode(), headers=headers)

    def _browse(self, method: str, path: str, who: str, **options: Any) -> httpx.Response:
        async def asked() -> httpx.Response:
            cookies = {"__Host-wardline": self.world.tokens[who].removeprefix("wls_")}
            transport = httpx.ASGITransport(self.pages)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies) as client:
                return await client.request(method, path, **options)

        answer = asyncio.run(asked())
        assert "/sign-in" not in answer.headers.get("location", ""), "it is not asked by somebody who is signed in"
        return answer


def quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.fixture
def scene(database_url: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    world = making.made(database_url, tmp_path / "state", clock)
    services = world.services
    world.receive("orders", *map(finding, range(1, 5)))
    first = world.findings("Orders")[0]
    later = clock() + timedelta(days=5)
    control = Control("only operators of the office reach it", check="pipeline/edge")
    lead = ROOT._replace(id=world.people["lead"], name="lead")
    asked = Request(Scope("orders", f"{1:032x}"), "compensating-control", WORDS, control, later)
    waiver = services.waivers.ask(lead, asked).waiver.id
    report = services.findings.reports(ROOT, "orders").rows[0].receipt.report
    names = {
        "account": world.people["developer"], "duty": "ledger-sequencer", "identifier": first, "finding": first,
        "event": services.ledger.list(ROOT).rows[0].id, "notice": f"ntc-{'0' * 26}", "report": report,
        "environment": "staging", "service": "orders", "session": f"ses-{'0' * 26}", "team": "red", "slug": "orders",
        "binding": f"bnd-{'0' * 26}", "token": f"tok-{'0' * 26}", "waiver": waiver, "id": first, "name": "orders",
    }  # fmt: skip
    who = ROOT._replace(id=world.people["admin"], via=f"ses-{'0' * 26}")
    monkeypatch.setattr(type(services.identity), "bearer", lambda _identity, _token: who)
    world.tokens["all"] = "wl_everything"
    yield Scene(world, names, pages(services))
    services.database.close()


def spoiled(value: Any, bad: str) -> Iterator[Any]:
    """Yield a body once for each of its texts, with that one spoiled."""
    if isinstance(value, str):
        yield f"{value[:6]}{bad}{value[6:]}"
    elif isinstance(value, dict):
        for name, inner in value.items():
            for one in spoiled(inner, bad):
                yield {**value, name: one}
        yield {**value, f"a{bad}": 1}
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            for one in spoiled(inner, bad):
                yield [*value[:place], one, *value[place + 1 :]]


def test_the_api_answers_whatever_is_in_a_body(scene: Scene) -> None:
    sent = 0
    for row, body in bodies(scene.world).items():
        method, template = row.split()
        for bad in BAD:
            for one in spoiled(body, bad):
                content = json.dumps(one).encode()
                answer = scene.world.ask(
                    method, scene.path(template), "all", content=content, headers={"content-type": "application/json"}
                )
                assert answer.status_code < 500, (row, one, answer.text)
                sent += 1
    assert sent > 80


@pytest.mark.parametrize("bad", ["a%00b", "%ED%A0%80"])
def test_the_api_answers_whatever_is_in_an_address(scene: Scene, bad: str) -> None:
    for row in ROWS:
        method, template = row.split()
        if row == "POST /reports":  # a report: T-44
            continue
        before, brace, after = template.partition("{")
        paths = [before + bad + after.partition("}")[2]] if brace else []
        names = ("text", "service", "team", "owner", "about", "actor", "action", "sort", "cursor", "commit", "branch")
        paths += [scene.path(template) + f"?{name}={bad}" for name in names] if method == "GET" else []
        for path in map(scene.path, paths):
            answer = scene.world.ask(method, path, "all")
            assert answer.status_code < 500, (row, path, answer.text)


@pytest.mark.parametrize("bad", BAD)
def test_a_page_answers_whatever_is_in_a_form(scene: Scene, bad: str) -> None:
    everything = dict.fromkeys(FIELDS, f"{WORDS} {bad} {bad}")
    likely = {
        **everything, "days": "5", "tier": "2", "account": scene.names["account"], "role": "auditor", "theme": "dark",
        "permission": "finding:read", "service": "orders", "reason": "compensating-control", "channel": "email",
        "finding": scene.names["finding"], "to": "/", "do": "try", "slug": "greens", "policy": f"# {bad}", "lead": "",
    }  # fmt: skip
    moves = [one for one in ROUTES if isinstance(one, Move) and one.path != "/sign-out"]
    for one in moves:
        path = scene.path(one.path)
        if one.path.startswith("/waivers/{id}"):
            path = one.path.replace("{id}", scene.names["waiver"])
        if one.path.startswith("/settings/people/{id}"):
            path = one.path.replace("{id}", scene.world.people["director"])
        if one.path.startswith("/settings/teams/{id}"):
            path = one.path.replace("{id}", "red")
        for who in ("lead", "security", "admin"):
            for fields in (everything, likely):
                answer = scene.send(path, who, fields)
                assert answer.status_code < 500, (one.path, who, fields is likely, answer.text[-3000:])


@pytest.mark.parametrize("bad", ["a%00b", "%ED%A0%80"])
def test_a_page_answers_whatever_is_in_its_address(scene: Scene, bad: str) -> None:
    for one in ROUTES:
        if not isinstance(one, Look):
            continue
        before, brace, after = one.path.partition("{")
        paths = [before + bad + after.partition("}")[2]] if brace else []
        names = ("q", "text", "service", "team", "owner", "severity", "practice", "state", "sort", "about", "cursor")
        paths += [f"{one.path}?{name}={bad}" for name in names] if not brace else []
        for path in map(scene.path, paths):
            answer = scene.look(path)
            assert answer.status_code < 500, (path, answer.text[-2000:])
