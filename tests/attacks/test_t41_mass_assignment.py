"""T-41: fields that nobody offered, sent along in the hope that they are written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api import world as making
from tests.api.world import World
from tests.conftest import Clock

from wardline.kernel.database.engine import Database


@pytest.fixture
def world(lite: Database, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path / "state", clock)
    yield made
    made.services.database.close()


EXTRA = {"id": "acc-1", "active": True, "admin": True, "roles": ["admin"], "team": "red", "state": "verified",
         "permissions": ["account:write"], "approved_by": "me", "account": "acc-0", "__proto__": {"x": 1}}  # fmt: skip


def endpoints(world: World) -> list[tuple[str, str, dict]]:
    """Every request that takes a body, from the description itself, with the fields that it offers."""
    document = world.ask("GET", "/openapi.json").json()
    schemas = document["components"]["schemas"]
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            name = body.get("$ref", "").rpartition("/")[2]
            if name and name != "Report":
                found.append((method.upper(), path, schemas[name]))
    return found


def test_every_body_offers_exactly_its_fields(world: World) -> None:
    offered = endpoints(world)
    assert len(offered) > 15
    for method, path, schema in offered:
        assert schema["additionalProperties"] is False, (method, path)


def test_no_field_that_is_not_offered_is_taken(world: World) -> None:
    names = {"account": world.people["developer"], "finding": "fnd-" + "0" * 26, "service": "orders", "team": "red",
             "environment": "staging", "waiver": "wvr-" + "0" * 26,
             "proposal": "prp-" + "0" * 26, "document": "AAAA"}  # fmt: skip
    for method, path, schema in endpoints(world):
        for field, value in EXTRA.items():
            if field in schema["properties"]:
                continue
            answer = world.ask(method, path.format(**names), "admin", json={field: value})
            assert answer.status_code in {403, 404, 422, 401}, (method, path, field)
            if answer.status_code == 422:
                wrong = {one["where"] for one in answer.json()["errors"]}
                assert f"body.{field}" in wrong, (method, path, field)


def test_a_new_account_has_what_its_maker_said_and_nothing_else(world: World) -> None:
    made = world.ask("POST", "/accounts", "admin", json={"name": "Eve", "roles": ["developer"]})
    assert made.json()["roles"] == ["developer"]
    for smuggled in ({"roles": ["admin", "security"]}, {"roles": ["root"]}, {"roles": "admin"}, {"roles": [["admin"]]}):
        assert world.ask("POST", "/accounts", "admin", json={"name": "Eve", **smuggled}).status_code == 422


def test_a_query_takes_no_field_that_is_not_offered_either(world: World) -> None:
    assert world.ask("GET", "/findings?team_id=1", "developer").status_code == 422
    assert world.ask("GET", "/me?as=admin", "developer").status_code == 422
