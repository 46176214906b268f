import math
from xml.etree import ElementTree as ET

import pytest

from wardline.web.plots.drawing import Frame, number, svg, ticks, words


@pytest.mark.parametrize("most", [0.3, 1, 7, 99, 100, 1234, 5_000_000])
def test_ticks_are_round_few_and_reach_the_most(most):
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert found[-2] < most
    assert 2 <= len(found) <= 7


@pytest.mark.parametrize("most", [0, -1, math.nan, math.inf])
def test_nothing_to_show_still_has_an_axis(most):
    assert ticks(most) == [0.0, 1.0]


def test_text_is_escaped_printable_and_bounded():
    assert words("<script>\u202e") == "&lt;script&gt;\\u202e"
    assert len(words("x" * 1000)) == 120


def test_a_picture_is_named_for_who_does_not_see_it():
    picture = ET.fromstring(svg(["<path/>"], "Open & late"))  # noqa: S314 - our own
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == "Open & late"


def test_a_frame_of_nothing_divides_by_nothing():
    assert Frame(0, 0).point(0, 0) == Frame(1, 1).point(0, 0)


def test_numbers_are_short():
    assert number(1200.0) == "1,200"
    assert number(0.5) == "0.5"
