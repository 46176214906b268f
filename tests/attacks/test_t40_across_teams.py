"""T-40: a developer of one team reads, changes or merely learns of what is another team's."""

from collections.abc import Iterator
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


@pytest.fixture
def theirs(world: World) -> dict[str, str]:
    """Ids of team red, which nobody of team blue should ever hear of."""
    world.receive("orders", *map(finding, range(3)))
    world.receive("billing", finding(7))
    report = world.ask("GET", "/reports?service=orders", "lead").json()["rows"][0]["receipt"]["report"]
    events = world.ask("GET", "/ledger/events", "lead").json()["rows"]
    opened = next(one["id"] for one in events if one["action"] == "finding:opened")
    return {"finding": world.findings("Orders")[0], "report": report, "event": opened}


def test_lists_searches_counts_and_exports_hold_only_what_is_ones_own(world: World, theirs: dict[str, str]) -> None:
    """Every way to ask for many things at once, with every filter that could reach further."""
    service, team = world.systems["orders"], world.teams["red"]
    for path in (
        "/findings",
        "/findings?state=detected&state=fixed",
        f"/findings?service={service}",
        "/findings?service=orders",
        f"/findings?team={team}",
        "/findings?text=SQL",
        "/findings?format=csv",
        "/findings?format=jsonl",
        "/search?text=SQL",
        "/waivers",
        f"/waivers?team={team}",
        "/ledger/events",
        f"/ledger/events?about={theirs['finding']}",
        f"/ledger/events?about={service}",
        "/ledger/events?format=jsonl",
    ):
        answer = world.ask("GET", path, "other")
        assert answer.status_code == 200, path
        for identifier in theirs.values():
            assert identifier not in answer.text, path
        assert "query_0.py" not in answer.text, path
    assert world.ask("GET", "/findings/counts?by=team", "other").json()["counts"].keys() == {world.teams["blue"]}


def test_an_id_of_theirs_is_as_unknown_as_one_that_never_was(world: World, theirs: dict[str, str]) -> None:
    paths = {"finding": "/findings/{}", "report": "/reports/{}", "event": "/ledger/events/{}"}
    for kind, identifier in theirs.items():
        for path in (paths[kind], "/ids/{}"):
            seen = world.ask("GET", path.format(identifier), "other")
            absent = world.ask("GET", path.format(identifier[:4] + "0" * 26), "other")
            assert seen.status_code == absent.status_code == 404
            assert seen.json()["title"] == absent.json()["title"]
            assert seen.json()["detail"].replace(identifier, "X") == absent.json()["detail"].replace(
                identifier[:4] + "0" * 26, "X"
            )


def test_a_cursor_of_theirs_shows_nothing_of_theirs(world: World, theirs: dict[str, str]) -> None:
    """A cursor holds a sort key and no rights: somebody else's is a place in one's own list."""
    link = world.ask("GET", "/findings?limit=1", "lead").json()["next_cursor"]
    answer = world.ask("GET", f"/findings?cursor={link}", "other")
    assert answer.status_code == 200
    assert {row["service_name"] for row in answer.json()["rows"]} <= {"Billing"}


def test_a_narrowed_token_sends_no_report_for_another_service(world: World) -> None:
    world.token("ci", "machine", "report:write", services=(world.systems["billing"],))
    headers = {"Content-Type": "application/json"}
    for service in ("orders", world.systems["orders"]):
        answer = world.ask("POST", f"/reports?service={service}", "ci", content=b"{}", headers=headers)
        assert answer.status_code in {403, 404, 422}
    assert world.findings("Orders") == []


def test_somebody_elses_kept_answer_is_never_given(world: World, theirs: dict[str, str]) -> None:
    path, key = f"/findings/{theirs['finding']}/acknowledge", {"Idempotency-Key": "k"}
    assert world.ask("POST", path, "lead", headers=key).status_code == 200
    assert world.ask("POST", path, "other", headers=key).status_code == 404
