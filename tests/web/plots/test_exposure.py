from datetime import date, timedelta
from xml.etree import ElementTree as ET

from wardline.web.plots.exposure import Day, exposure

START = date(2026, 1, 1)
DAYS = [Day(START + timedelta(days=number), (1 if number > 1 else 0, 2, 0, number)) for number in range(5)]


def test_the_newest_day_is_the_first_row_and_rows_add_up():
    plot = exposure(DAYS)
    assert plot.rows[0] == ("2026-01-05", "1", "2", "0", "4", "7")
    assert len(plot.rows) == 5
    assert all(sum(map(int, row[1:5])) == int(row[5]) for row in plot.rows)


def test_the_summary_says_where_it_went_and_what_is_critical():
    assert exposure(DAYS).summary == (
        "7 open on 2026-01-05, more than the 2 on 2026-01-01; the most were 7 on 2026-01-05. "
        "1 of those open now is critical."
    )
    assert "as many as" in exposure([DAYS[0], DAYS[0]]).summary
    assert exposure([]).summary == "Nothing has been reported yet."


def test_a_layer_is_drawn_where_there_is_something():
    picture = ET.fromstring(exposure(DAYS).svg)  # noqa: S314 - our own
    layers = [one.get("class") for one in picture.iter("path")]
    assert layers == ["sev-critical", "sev-high", "sev-low"]


def test_no_day_and_one_day_are_pictures_too():
    for days in ([], DAYS[:1]):
        assert ET.fromstring(exposure(days).svg).tag.endswith("svg")  # noqa: S314 - our own
