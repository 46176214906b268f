import csv
import io

from wardline.catalog.model import ServiceQuery
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page


def test_every_service_stands_in_the_map_and_what_is_overdue_comes_first(sign_in, organisation):
    page = sign_in("security").page("/portfolio")
    services = organisation.services.catalog.services(PLATFORM, ServiceQuery(), Page(1000)).rows
    listed = [link.removeprefix("/services/") for link in page.links if link.startswith("/services/")]
    assert sorted(listed) == sorted(one.slug for one in services)
    late = {service for (service, _), cell in organisation.services.findings.heat(PLATFORM).cells.items() if cell.late}
    first = {one.id for one in services if one.slug in listed[: len(late)]}
    assert first == late


def test_a_cell_says_in_words_what_its_colour_says(sign_in, organisation):
    page = sign_in("security").page("/portfolio")
    heat = organisation.services.findings.heat(PLATFORM)
    (service, practice), cell = next((key, one) for key, one in heat.cells.items() if one.late)
    assert f"{cell.open} open, {cell.late} overdue" in page.words
    assert any(f"service={service}" in link and f"practice={practice}" in link for link in page.links)


def test_the_map_is_narrowed_by_team_and_standing(sign_in):
    browser = sign_in("security")
    listed = [link for link in browser.page("/portfolio?team=Identity").links if link.startswith("/services/")]
    assert listed == ["/services/sign-in"]
    assert "No service stands like this" in browser.page("/portfolio?team=None").words
    assert browser.get("/portfolio?standing=77&rows=all").status_code == 200


def test_the_file_has_every_cell(sign_in, organisation):
    rows = list(csv.DictReader(io.StringIO(sign_in("security").get("/portfolio.csv").text)))
    cells = organisation.services.findings.heat(organisation.who("security")).cells
    assert {(row["service"], row["practice"]) for row in rows} == set(cells)
