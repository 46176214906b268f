"""T-42: SQL in every filter, order, cursor, id and field."""

import base64
import json
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


BAD = ("' OR '1'='1", "1; DROP TABLE findings; --", "%' UNION SELECT * FROM accounts --", "\\", "_", "%", "$1",
       "\u0027", "${7*7}", "a'||(SELECT 1)||'b", 'x" OR ""="', ") OR (1=1")  # fmt: skip


def cursor(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


@pytest.mark.parametrize("text", BAD)
def test_words_in_a_filter_are_words(world: World, text: str) -> None:
    world.receive("orders", *map(finding, range(3)))
    for path, name in (
        ("/findings", "text"),
        ("/findings", "service"),
        ("/findings", "team"),
        ("/findings", "owner"),
        ("/findings", "sort"),
        ("/findings", "due_before"),
        ("/findings/counts", "by"),
        ("/services", "text"),
        ("/services", "team"),
        ("/accounts", "text"),
        ("/search", "text"),
        ("/waivers", "service"),
        ("/ledger/events", "about"),
        ("/ledger/events", "actor"),
        ("/ledger/events", "action"),
        ("/reports", "service"),
    ):
        answer = world.ask("GET", path, "security", params={name: text})
        assert answer.status_code in {200, 404, 422}, (path, name, answer.text)
        words = any(char.isalnum() for char in text)
        if words and answer.status_code == 200 and path in {"/findings", "/accounts", "/services"}:
            assert answer.json()["rows"] == [], (path, name)
    assert len(world.findings("Orders")) == 3


@pytest.mark.parametrize("path", ["/findings", "/accounts", "/services", "/ledger/events", "/ledger/heads", "/waivers"])
def test_a_cursor_carries_values_and_no_sql(world: World, path: str) -> None:
    for key in (
        ["' OR 1=1 --", "x"],
        [2**70],
        [-1],
        [1e308, "x"],
        [None],
        [[1]],
        ["a" * 900],
        ["2026-13-45T99:99:99", "x"],
        ["\u0000", "\u0000"],
        ["\ud800", "x"],
        [True, True, True],
    ):
        answer = world.ask("GET", path, "security", params={"cursor": cursor(*key)})
        assert answer.status_code in {200, 422}, (key, answer.text)
    for text in ("AAAA", "e30", "!!!", "=" * 8, "a" * 1024):
        assert world.ask("GET", path, "security", params={"cursor": text}).status_code == 422


@pytest.mark.parametrize("text", [*BAD, "\x00", "a\x00b", "\ud7ff\uffff", "a" * 5000])
def test_an_id_or_a_name_in_an_address_is_one_or_refused(world: World, text: str) -> None:
    from urllib.parse import quote

    for path in ("/findings/{}", "/services/{}", "/teams/{}", "/accounts/{}", "/waivers/{}", "/ids/{}", "/reports/{}"):
        answer = world.ask("GET", path.format(quote(text, safe="")), "security")
        assert answer.status_code in {404, 422}, (path, answer.text)


def test_words_in_a_body_are_kept_as_they_are(worlds_apart: World) -> None:
    for text in BAD:
        made = worlds_apart.ask("PUT", "/services/odd", "admin", json={"name": text, "description": text})
        assert made.status_code == 200, made.text
        assert made.json()["description"] == text
    assert {one.slug for one in worlds_apart.services.catalog.services(making.ROOT).rows} == {
        "billing",
        "odd",
        "orders",
    }


@pytest.fixture
def worlds_apart(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """The same on PostgreSQL, whose quoting is another."""
    made = making.made(database_url, tmp_path / "state", clock)
    yield made
    made.services.database.close()


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\x07", "\u2028"])
def test_what_no_database_takes_is_refused_before_it(worlds_apart: World, text: str) -> None:
    body = json.dumps({"name": text}).encode()
    answer = worlds_apart.ask(
        "PUT", "/services/odd", "admin", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert worlds_apart.ask(
        "GET", "/findings", "security", params={"text": text.encode("utf-8", "replace")}
    ).status_code in {200, 422}
