from wardline.web.plots.ages import Age, ages


def test_what_is_nearest_to_its_maximum_comes_first_and_has_a_sign():
    plot = ages([Age("calm", 10, 100), Age("late", 150, 100), Age("soon", 85, 100)])
    assert [row[0] for row in plot.rows] == ["late", "soon", "calm"]
    assert [row[3] for row in plot.rows] == ["150 %", "85 %", "10 %"]
    assert plot.svg.count('class="sign"') == 1
    assert plot.svg.count('class="hatch"') == 1
    assert "1 is older than allowed" in plot.summary


def test_what_has_no_value_or_no_maximum_is_in_the_table_alone():
    plot = ages([Age("empty", None, 100), Age("free", 100_000, 0)])
    assert {row[0]: row[1:] for row in plot.rows} == {
        "empty": ("no value yet", "1 min", "\N{EN DASH}"), "free": ("27 h", "no maximum", "\N{EN DASH}"),
    }  # fmt: skip
    assert "empty" not in plot.svg
    assert "limit" not in plot.svg


def test_beyond_the_first_bars_the_table_has_the_rest():
    plot = ages([Age(f"s/{number}", number, 100) for number in range(60)])
    assert plot.svg.count('class="track"') == 25
    assert len(plot.rows) == 60
    assert "the 25 nearest" in plot.summary


def test_hostile_paths_stay_text():
    plot = ages([Age('<script>"&', 1, 2), Age("very/long/" * 12, 1, 2)])
    assert "<script>" not in plot.svg
    assert "…" in plot.svg


def test_nothing_is_said_as_such():
    assert ages([]).summary == "There is no secret yet."
