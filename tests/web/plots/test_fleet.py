import time
from xml.etree import ElementTree as ET

from wardline.web.plots.fleet import NAMES, Tile, fleet

TILES = [
    Tile("a", "Checkout", 3),
    Tile("b", "Checkout", 0),
    Tile("c", "Data", 4),
    Tile("d", "Data", 2),
    Tile("e", "Ops", 1),
]


def test_the_team_with_the_most_red_is_first_and_everything_is_counted():
    plot = fleet(TILES)
    assert [row[0] for row in plot.rows] == ["Checkout", "Data", "Ops"]
    assert plot.rows[0] == ("Checkout", "1", "0", "0", "0", "1", "2")
    assert plot.summary.startswith("Of 5 services, 1 have something overdue, 1 something critical or high")


def test_what_is_overdue_has_a_cross_as_well_as_a_colour():
    picture = fleet(TILES).svg
    assert picture.count('class="sign"') == 1
    assert fleet(TILES[1:2]).svg.count('class="sign"') == 0
    assert [name for _, name in fleet(TILES).legend] == [NAMES[3], NAMES[2], NAMES[4], NAMES[1], NAMES[0]]


def test_a_thousand_services_are_one_small_picture():
    tiles = [Tile(f"service {number}", f"team {number % 40}", number % 5) for number in range(1000)]
    began = time.perf_counter()
    plot = fleet(tiles)
    assert time.perf_counter() - began < 2
    assert len(plot.svg) < 120_000
    assert ET.fromstring(plot.svg).get("viewBox")  # noqa: S314 - our own
    assert sum(int(row[-1]) for row in plot.rows) == 1000


def test_no_service_is_a_picture_with_words():
    assert fleet([]).summary == "There is no service yet."
