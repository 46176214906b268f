import json

import pytest


def test_numbers_stand_beside_what_could_flatter_them(sign_in):
    said = sign_in("security").page("/velocity").words
    for part in (
        "Time to fix",
        "Due times kept",
        "Exposure-days",
        "Ended by dismissal instead",
        "Came back",
        "Team by team",
    ):
        assert part in said


@pytest.mark.parametrize("asked", ["days=30&by=team", "days=365&by=practice", "days=77&by=nothing", "team=none"])
def test_every_period_and_group_answers(sign_in, asked):
    assert sign_in("security").get(f"/velocity?{asked}").status_code == 200


def test_the_page_of_one_team_has_its_row_only(sign_in, organisation):
    page = sign_in("security").page(f"/velocity?team={organisation.teams['checkout']}")
    assert [link for link in page.links if link.startswith("/settings/teams/")] == [
        f"/settings/teams/{organisation.teams['checkout']}"
    ]


def test_the_file_has_every_team_or_every_service(sign_in, organisation):
    browser = sign_in("security")
    teams = json.loads(browser.get("/velocity.json").text)
    assert {row["id"] for row in teams} <= {*organisation.teams.values()}
    services = json.loads(browser.get("/velocity.json?by=service").text)
    assert all(row["id"].startswith("svc-") for row in services)
    assert sum(row["open"] for row in teams) == sum(row["open"] for row in services)
