"""T-43: keys that are guessed, shared, reused or sent twice at once, to see or do what is not theirs."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.api import world as making
from tests.api.world import World, finding
from tests.conftest import Clock

from wardline.kernel.database.engine import Database


@pytest.fixture
def world(lite: Database, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path / "state", clock)
    yield made
    made.services.database.close()


def test_a_key_gives_nobody_elses_answer_and_works_for_one_request(world: World) -> None:
    body, key = {"name": "first", "permissions": ["finding:read"]}, {"Idempotency-Key": "guessed"}
    first = world.ask("POST", "/tokens", "lead", json=body, headers=key)
    assert first.status_code == 201
    other = world.ask("POST", "/tokens", "developer", json=body, headers=key)
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]
    assert world.ask("POST", "/tokens", "lead", json={**body, "name": "x"}, headers=key).status_code == 422
    assert world.ask("POST", "/waivers", "lead", json={}, headers=key).status_code == 422


def test_a_secret_is_shown_once_and_never_kept(world: World) -> None:
    body, key = {"name": "first", "permissions": ["finding:read"]}, {"Idempotency-Key": "k"}
    first = world.ask("POST", "/tokens", "lead", json=body, headers=key).json()
    again = world.ask("POST", "/tokens", "lead", json=body, headers=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.json()["id"], again.json()["token"]) == (first["id"], None)
    world.services.database.close()
    raw = b"".join(path.read_bytes() for path in (world.services.settings.state.parent).glob("lite.db*"))
    assert first["token"].encode() not in raw


def test_of_many_at_once_one_is_done(world: World) -> None:
    async def both() -> list[int]:
        body, key = {"name": "many", "permissions": ["finding:read"]}, {"Idempotency-Key": "k"}
        asked = [world.asked("POST", "/tokens", "lead", json=body, headers=key) for _ in range(6)]
        return [answer.status_code for answer in await asyncio.gather(*asked)]

    statuses = asyncio.run(both())
    assert set(statuses) <= {201, 409}
    tokens = world.ask("GET", "/tokens", "lead").json()["rows"]
    assert [one["name"] for one in tokens] == ["many"]


def test_who_may_no_longer_gets_no_kept_answer(world: World) -> None:
    key = {"Idempotency-Key": "k"}
    assert world.ask("POST", "/accounts", "admin", json={"name": "New"}, headers=key).status_code == 201
    world.person("second", "admin")
    world.services.identity.set_roles(making.ROOT, world.people["admin"], ["auditor"])
    assert world.ask("POST", "/accounts", "admin", json={"name": "New"}, headers=key).status_code == 403


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "a\u00e9", '"', "a;b"])
def test_a_key_that_is_none_is_refused_and_nothing_is_done(world: World, key: str) -> None:
    sent = [(b"idempotency-key", key.encode("latin-1"))]
    headers = {"Authorization": f"Bearer {world.tokens['lead']}"}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()] + sent
    answer = world.ask("POST", "/tokens", None, json={"name": "x", "permissions": ["finding:read"]}, headers=dict(raw))
    assert answer.status_code == 422
    assert world.ask("GET", "/tokens", "lead").json()["rows"] == []


def test_what_failed_is_not_kept_and_may_be_asked_again(world: World) -> None:
    key = {"Idempotency-Key": "k"}
    world.receive("orders", finding(1))
    path = f"/findings/{world.findings('Orders')[0]}/dismissal"
    late = (world.clock() + timedelta(days=5000)).isoformat()
    words = "the query takes no text from outside: it is built from an enumeration"
    body = {"reason": words, "evidence": words, "expires_at": late}
    assert world.ask("POST", path, "lead", json=body, headers=key).status_code == 422
    body["expires_at"] = (world.clock() + timedelta(days=5)).isoformat()
    assert world.ask("POST", path, "lead", json=body, headers=key).status_code == 200
