import pytest

from wardline.check.exposure import patterns, triggers
from wardline.check.exposure.triggers import AllAtOnce, OneByOne, Trigger
from wardline.kernel import cache

LISTED = [Trigger("abc[0-9]{3}", ("abc",)), Trigger("^x$"), Trigger("never", ("never",))]


def test_one_by_one_literals_come_first():
    found = OneByOne(LISTED, patterns.with_re).fired(b"ABC\nx\n")
    assert found == [(0, 0), (1, 5)]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    if not triggers.available():
        pytest.skip("hyperscan is not installed here")
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))


def test_all_at_once_says_where_the_first_match_ends(installed):
    assert AllAtOnce(LISTED).fired(b"abc123 abc456\nx\n") == [(0, 6), (1, 15)]
    assert AllAtOnce(LISTED).fired(b"") == []


def test_a_database_is_kept_and_one_that_is_none_is_made_anew(installed, monkeypatch):
    AllAtOnce(LISTED)
    (kept,) = cache.folder().glob("exposure-triggers-*")
    size = kept.stat().st_size
    kept.write_bytes(b"no database")
    assert AllAtOnce(LISTED).fired(b"abc123") == [(0, 6)]
    assert kept.stat().st_size == size
