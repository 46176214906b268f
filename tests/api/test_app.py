"""What holds for the whole API: errors, caches, languages of lists, conditions, a database that is gone."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from tests.api.world import ROOT, World, finding

from wardline.api import app as api
from wardline.api.app import PREFIX
from wardline.api.routing import GuardedRoute, route, router, routes_of
from wardline.kernel.database.engine import Database
from wardline.kernel.errors import ConflictError, TooManyError, UnavailableError, WardlineError


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (told["status"], told["code"], told["type"]) == (status, code, f"urn:wardline:problem:{code}")
    assert told["instance"].startswith("urn:wardline:request:")
    return told


def test_errors_are_problems(world: World) -> None:
    problem(world.ask("GET", "/nothing", "admin"), 404, "not-found")
    problem(world.ask("DELETE", "/me", "admin"), 405, "method-not-allowed")
    problem(world.ask("GET", "/me"), 401, "unauthenticated")
    problem(world.ask("POST", "/accounts", "developer", json={"name": "x"}), 403, "denied")
    told = problem(world.ask("POST", "/accounts", "admin", json={"nome": "x"}), 422, "asked-wrongly")
    assert {one["where"] for one in told["errors"]} == {"body.name", "body.nome"}
    assert world.ask("GET", "/me").headers["www-authenticate"] == 'Bearer realm="wardline"'
    bad = world.ask("GET", "/me", headers={"Authorization": "Bearer wl_x"})
    assert "invalid_token" in bad.headers["www-authenticate"]


def test_what_was_sent_is_not_said_back(world: World) -> None:
    answer = world.ask("POST", "/accounts", "admin", json={"name": ["a-secret-of-mine"], "roles": "another-secret"})
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (TooManyError("slow down", retry_after_seconds=7), 429, ("retry-after", "7")),
        (UnavailableError("the database does not answer"), 503, ("retry-after", "5")),
        (ConflictError("decided already"), 409, ("cache-control", "no-store")),
        (WardlineError("an answer is not possible"), 500, ("cache-control", "no-store")),
    ],
)
def test_our_own_errors_have_their_status(world: World, monkeypatch, error, status, header) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(world.services.catalog), "teams", fail)
    answer = world.ask("GET", "/teams", "admin")
    assert problem(answer, status, error.code)["detail"] == error.detail
    assert answer.headers[header[0]] == header[1]


def test_the_unforeseen_is_an_id_to_quote_and_the_rest_is_in_the_log(world: World, monkeypatch, caplog) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a detail of the inside")

    monkeypatch.setattr(type(world.services.catalog), "teams", fail)
    with caplog.at_level(logging.ERROR, "wardline.api"):
        told = problem(world.ask("GET", "/teams", "admin"), 500, "internal")
    assert "inside" not in json.dumps(told)
    assert "a detail of the inside" in caplog.text
    assert caplog.records[0].request_id in told["instance"]


def test_a_route_that_declares_nothing_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="declares no permission"):
        route(router("x"), "GET", "", needs="everything")  # type: ignore[arg-type]

    async def bare() -> None: ...

    with pytest.raises(TypeError, match="declares no permission"):
        APIRouter(route_class=GuardedRoute).add_api_route("/x", bare)
    plain = FastAPI(openapi_url=None)
    plain.add_api_route("/x", bare)
    with pytest.raises(TypeError, match="not guarded"):
        routes_of(plain)


def test_nothing_is_kept_by_a_cache(world: World) -> None:
    for path in ("/me", "/findings", "/findings?format=csv", "/nothing"):
        assert world.ask("GET", path, "developer").headers["cache-control"] == "no-store"


def test_a_list_comes_in_pieces_with_a_link_to_the_next(world: World) -> None:
    world.receive("orders", *map(finding, range(1, 6)))
    seen: list[str] = []
    path = "/findings?limit=2&severity=high"
    while path:
        answer = world.ask("GET", path, "developer")
        seen += [row["id"] for row in answer.json()["rows"]]
        link = answer.headers.get("link", "")
        assert bool(link) == (answer.json()["next_cursor"] is not None)
        path = link.partition(">")[0].removeprefix("</api/v1") if link else ""
    assert len(seen) == len(set(seen)) == 5


def test_the_form_of_a_list_is_asked_for_by_word_or_by_header(world: World) -> None:
    world.receive("orders", finding(1))
    for asked in ({"params": {"format": "csv"}}, {"headers": {"Accept": "text/csv"}}):
        assert world.ask("GET", "/findings", "developer", **asked).headers["content-type"].startswith("text/csv")
    lines = world.ask("GET", "/findings", "developer", headers={"Accept": "application/jsonl"}).text.splitlines()
    assert json.loads(lines[0])["rule"] == "py/sql"
    browser = world.ask("GET", "/findings", "developer", headers={"Accept": "text/html,*/*"})
    assert browser.headers["content-type"] == "application/json"


def test_an_edit_of_what_was_changed_meanwhile_changes_nothing(world: World) -> None:
    seen = world.ask("GET", "/services/orders", "admin")
    tag = seen.headers["etag"]
    assert world.ask("GET", "/services/orders", "admin", headers={"If-None-Match": tag}).status_code == 304
    put = {"headers": {"If-Match": tag}, "json": {"name": "First"}}
    first = world.ask("PUT", "/services/orders", "admin", **put)
    assert (first.status_code, first.headers["etag"] != tag) == (200, True)
    problem(world.ask("PUT", "/services/orders", "admin", **put), 412, "changed-meanwhile")
    fresh = {"headers": {"If-None-Match": "*"}, "json": {}}
    problem(world.ask("PUT", "/services/orders", "admin", **fresh), 412, "changed-meanwhile")
    assert world.ask("PUT", "/services/fresh", "admin", **fresh).status_code == 200
    odd = {"headers": {"If-Match": "W/odd"}, "json": {}}
    problem(world.ask("PUT", "/services/orders", "admin", **odd), 422, "asked-wrongly")


def test_a_database_that_is_gone_is_said_and_nothing_is_lost(world: World, tmp_path: Path) -> None:
    world.receive("orders", finding(1))
    path = f"/findings/{world.findings('Orders')[0]}"
    engine = world.services.database.engine
    right = Database("postgresql://nobody@127.0.0.1:9/gone").engine
    object.__setattr__(world.services.database, "engine", right)
    try:
        answer = world.ask("POST", f"{path}/acknowledge", "developer", headers={"Idempotency-Key": "k"})
        assert answer.headers["retry-after"] == "5"
        problem(answer, 503, "unavailable")
        problem(world.ask("GET", "/findings", "developer"), 503, "unavailable")
    finally:
        object.__setattr__(world.services.database, "engine", engine)
        right.dispose()
    answer = world.ask("POST", f"{path}/acknowledge", "developer", headers={"Idempotency-Key": "k"})
    assert answer.json()["owner_name"] == "developer"


def test_the_page_about_the_api_is_what_the_api_is(world: World) -> None:
    from tests.api import page

    here = Path(__file__).parents[2] / "docs" / "api.md"
    made = api.application(world.services)
    assert here.read_text() == page.written(api.document(made)), "make it anew: see tests/api/page.py"


def test_an_id_of_what_has_no_page_leads_to_what_the_ledger_says_of_it(world: World) -> None:
    events = world.services.ledger.list(ROOT, action="session:").rows
    session = events[0].subject
    found = world.ask("GET", f"/ids/{session}", "admin")
    assert (found.status_code, found.json()["kind"]) == (200, "session")
    assert found.json()["page"] == f"/ledger?about={session}"
    assert world.ask("GET", found.json()["api"].removeprefix(PREFIX), "admin").json()["rows"]
    assert world.ask("GET", f"/ids/ses-{'0' * 26}", "admin").status_code == 404
