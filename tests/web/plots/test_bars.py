from xml.etree import ElementTree as ET

from wardline.web.plots.bars import Bar, bars


def widths(picture):
    return [float(one.get("width")) for one in ET.fromstring(picture).iter("rect") if one.get("class") != "f0"]  # noqa: S314 - our own


def test_the_longest_fills_the_width_and_nothing_has_none():
    plot = bars([Bar("a", 10, "10"), Bar("b", 5, "5"), Bar("c", 0, "0"), Bar("d", 0.001, "0")], "T", "S", ("a", "b"))
    longest, half, none, least = widths(plot.svg)
    assert half * 2 == longest
    assert none == 0
    assert least == 2  # what is there is seen
    assert plot.rows == (("a", "10"), ("b", "5"), ("c", "0"), ("d", "0"))


def test_the_whole_may_be_more_than_the_longest():
    whole = widths(bars([Bar("a", 5, "5")], "T", "S", ("a", "b"), whole=10).svg)
    assert whole[0] * 2 == widths(bars([Bar("a", 5, "5")], "T", "S", ("a", "b")).svg)[0]


def test_nothing_is_a_picture_too():
    assert bars([], "T", "S", ("a", "b")).rows == ()
