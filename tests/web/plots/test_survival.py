from xml.etree import ElementTree as ET

from wardline.web.plots.survival import Line, reached, survival

QUICK = Line("critical", 40, ((0.0, 1.0), (2.0, 0.6), (5.0, 0.4), (9.0, 0.1)))
SLOW = Line("low", 3, ((0.0, 1.0), (30.0, 0.9)))


def test_half_is_reached_where_at_most_half_is_still_open():
    assert reached(QUICK, 0.5) == 5.0
    assert reached(SLOW, 0.5) is None


def test_the_table_and_the_summary_say_what_the_picture_says():
    plot = survival([QUICK, SLOW])
    assert plot.rows == (("critical", "40", "5 d", "9 d", "10 %"), ("low", "3", "not yet", "not yet", "90 %"))
    assert plot.summary == "critical: half are fixed after 5 days; low: fewer than half are fixed."
    assert len(plot.columns) == len(plot.rows[0])


def test_each_curve_has_a_dash_of_its_own_and_only_goes_down():
    picture = ET.fromstring(survival([QUICK, SLOW]).svg)  # noqa: S314 - our own
    curves = [one for one in picture.iter("path") if "curve" in one.get("class", "")]
    assert [one.get("class") for one in curves] == ["curve s1", "curve s2"]
    for one in curves:
        heights = [float(point.split()[1]) for point in one.get("d")[1:].split("L")]
        assert heights == sorted(heights)


def test_nothing_is_an_empty_picture_with_words():
    plot = survival([])
    assert plot.rows == ()
    assert plot.summary == "No finding was detected in this time."
    assert survival([Line("x", 0, ())]).rows == ()


def test_a_hostile_name_stays_text():
    plot = survival([QUICK._replace(name="<script>")])
    assert plot.rows[0][0] == "<script>"  # the template escapes it
    assert "<script" not in plot.svg
