"""T-46: text of a report that a spreadsheet would run when an exported list is opened."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api import world as making
from tests.api.world import World, finding
from tests.conftest import Clock

from wardline.kernel.database.engine import Database

FORMULAS = (
    "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1,1)", "\t=1+1", " =1+1", "\u3000=1+1", "\uff1d1+1", "\uff0b1",
    '"=1+1', '=HYPERLINK("http://x","y")', "a,=1+1", "a\n=1+1", "\ufeff=1+1", ";=1+1",
)  # fmt: skip


@pytest.fixture
def world(lite: Database, tmp_path: Path, clock: Clock) -> Iterator[World]:
    made = making.made(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path / "state", clock)
    yield made
    made.services.database.close()


def test_no_cell_of_an_export_begins_a_formula(world: World) -> None:
    found = [finding(number, title=text, rule=f"r{number}") for number, text in enumerate(FORMULAS, 1)]
    world.receive("orders", *found)
    answer = world.ask("GET", "/findings?format=csv", "lead")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == len(FORMULAS)
    for row in rows:
        assert set(row) == set(rows[0])
        for cell in row.values():
            assert not cell.lstrip(" \t\r\n\u3000\ufeff").startswith(("=", "+", "@", "\uff1d", "\uff0b", "\uff20")), (
                cell
            )
            assert not cell.startswith("-"), cell


def test_names_of_people_and_services_are_as_harmless(world: World) -> None:
    world.ask("POST", "/accounts", "admin", json={"name": "=1+1"})
    world.ask("PUT", "/services/odd", "admin", json={"name": "@SUM(A1)", "description": "+1"})
    for path in ("/accounts", "/services"):
        text = world.ask("GET", f"{path}?format=csv", "admin").text
        assert ",=1" not in text
        assert ",@SUM" not in text
        assert ",+1" not in text


def test_a_whole_list_is_exported_however_long(world: World) -> None:
    world.receive("orders", *(finding(number) for number in range(1, 1203)))
    for form, header in (("csv", 1), ("jsonl", 0)):
        answer = world.ask("GET", f"/findings?format={form}", "lead")
        assert len(answer.text.splitlines()) == 1202 + header
