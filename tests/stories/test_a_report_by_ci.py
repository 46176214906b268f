"""CI sends what a check has found; somebody takes it, repairs it, and the next report says that it is gone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api import world as making
from tests.api.world import World, finding
from tests.conftest import Clock

from wardline.findings.report import Coverage, Report


@pytest.fixture
def world(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(database_url, tmp_path / "state", clock)
    yield made
    made.services.database.close()


def report(*numbers: int) -> bytes:
    coverage = {"code": Coverage(in_scope=9, examined=9)}
    return json.dumps(Report(tuple(map(finding, numbers)), coverage=coverage).to_dict()).encode()


def send(world: World, body: bytes, **query: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in {"service": "orders", **query}.items())
    headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{query.get("commit", "k")[:12]}"'}
    answer = world.ask("POST", f"/reports?{asked}", "machine", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_from_a_report_to_verified(world: World, clock: Clock) -> None:
    for name in ("machine", "developer", "lead"):
        world.token(name, name)  # sessions end with the day, and this takes several
    first = send(world, report(1, 2), commit="a" * 40)
    assert (first["opened"], first["fixed"]) == (2, 0)
    assert send(world, report(1, 2), commit="a" * 40) == first

    listed = world.ask("GET", "/findings?sort=due", "developer").json()["rows"]
    assert [row["state"] for row in listed] == ["detected", "detected"]
    path = f"/findings/{next(row['id'] for row in listed if row['rule'] == 'py/sql' and row['place'].endswith(':1'))}"
    assert world.ask("POST", f"{path}/acknowledge", "developer").json()["owner_name"] == "developer"
    assert (
        world.ask("POST", f"{path}/assign", "lead", json={"account": world.people["lead"]}).json()["owner_name"]
        == "lead"
    )
    assert world.ask("POST", f"{path}/start", "lead").json()["state"] == "fixing"
    before = world.ask("GET", path, "lead").json()["due_at"]

    clock.forward(days=2)
    branch = send(world, report(1, 2, 3), commit="b" * 40, branch="try")
    assert (branch["introduced"], branch["opened"]) == (1, 0)

    clock.forward(hours=1)
    deployed = {"environment": "production", "digest": f"sha256:{'c' * 64}", "commit": "c" * 40}
    assert send(world, report(2), commit="c" * 40)["fixed"] == 1
    assert world.ask("GET", path, "lead").json()["state"] == "fixed"
    assert world.ask("POST", "/services/orders/deployments", "machine", json=deployed).status_code == 201
    clock.forward(minutes=5)
    world.services.duties.runner(world.services.findings.duties()).step(clock())
    shown = world.ask("GET", path, "lead").json()
    assert (shown["state"], shown["due_at"]) == ("verified", before)

    clock.forward(days=1)
    assert send(world, report(1, 2), commit="d" * 40)["reopened"] == 1
    again = world.ask("GET", path, "lead").json()
    assert (again["cycle"], again["window_seconds"]) == (2, shown["window_seconds"] // 2)
    history = world.ask("GET", f"{path}/history", "lead").json()
    assert [one["ended_as"] for one in history["cycles"]] == ["fixed", None]
    said = [one["action"] for one in reversed(history["events"]["rows"])]
    assert said[:4] == ["finding:opened", "finding:acknowledged", "finding:assigned", "finding:started"]
    assert "finding:reopened" in said


def test_a_finding_is_dismissed_by_two_and_a_waiver_ends(world: World, clock: Clock) -> None:
    from datetime import timedelta

    send(world, report(1, 2))
    first, second = world.findings("Orders")
    words = "the query takes no text from outside: it is built from an enumeration"
    later = (clock() + timedelta(days=5)).isoformat()
    asked = {"reason": words, "evidence": words, "expires_at": later}
    assert world.ask("POST", f"/findings/{first}/dismissal", "developer", json=asked).json()["state"] != "dismissed"
    assert world.ask("POST", f"/findings/{first}/dismissal/approve", "developer").status_code == 403
    done = world.ask("POST", f"/findings/{first}/dismissal/approve", "security")
    assert done.json()["state"] == "dismissed"

    control = {"text": "only operators of the office reach it", "check": "pipeline/edge"}
    request = {
        "service": "orders", "fingerprint": f"{2:032x}", "reason": "compensating-control", "justification": words,
        "control": control, "expires_at": later,
    }  # fmt: skip
    waiver = world.ask("POST", "/waivers", "developer", json=request)
    assert waiver.status_code == 201, waiver.text
    at = waiver.headers["location"].removeprefix("/api/v1")
    assert world.ask("POST", f"{at}/approve", "developer").status_code == 403
    assert world.ask("POST", f"{at}/approve", "security").json()["standing"] == "effective"
    assert world.ask("GET", f"/findings/{second}", "lead").json()["waived_until"]
    clock.forward(days=6)
    assert world.ask("GET", at, "security").status_code == 401  # twelve hours have passed: nobody stays signed in
    world.person("guard", "security")
    assert world.ask("GET", at, "guard").json()["standing"] == "expired"
