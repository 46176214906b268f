"""Durations in Go's notation, as Vault takes and gives them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.vault.agent import durations


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("", 0), ("0", 0), (0, 0), ("90", 90), (90, 90), (1.5, 1.5), ("1h30m", 5400), ("3h25m19s", 12319),
        ("2d", 172800), ("-1s", -1), ("1.5h", 5400), ("100ms", 0.1), (" 5m ", 300), ("+5s", 5), ("768h", 2764800),
    ],
)  # fmt: skip
def test_what_vault_takes_is_taken(said: object, seconds: float) -> None:
    assert math.isclose(durations.seconds(said), seconds)


@pytest.mark.parametrize("said", ["x", "h", "1h x", "1e3s", True, None, [], {}, "9" * 65, "1y", "-", "99999999d"])
def test_what_is_no_duration_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="duration"):
        durations.seconds(said)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0s"), (30, "30s"), (1800, "30m0s"), (5400, "1h30m0s"), (12319, "3h25m19s"), (-1, "-1s"), (1.5, "1.5s")],
)
def test_they_are_written_as_go_does(seconds: float, written: str) -> None:
    assert durations.written(seconds) == written


@given(st.integers(0, 10**8))
@settings(max_examples=50)
def test_what_is_written_is_read_back(seconds: int) -> None:
    assert durations.seconds(durations.written(seconds)) == seconds


@given(st.text(max_size=80))
@settings(max_examples=100)
def test_any_text_is_a_duration_or_is_refused(text: str) -> None:
    try:
        found = durations.seconds(text)
    except ValueError:
        return
    assert abs(found) <= 100 * 365 * 86400
