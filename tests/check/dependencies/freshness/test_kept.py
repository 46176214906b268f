from pathlib import Path

import pytest

from wardline.check.dependencies.freshness.kept import FRESH_SECONDS, KEPT_SECONDS, Kept
from wardline.check.dependencies.freshness.model import Known, Release
from wardline.kernel import cache

NOW = 1_800_000_000
KNOWN = Known([Release("1.0", 5, 6, withdrawn=True), Release("1.1", None, prerelease=True)], "a doubt")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def kept(now: int = NOW, *, any_age: bool = False, place: str = "a") -> Kept:
    return Kept(place, now, any_age).load()


def test_an_answer_is_kept_as_it_was_given() -> None:
    first = kept()
    first.keep("x", KNOWN)
    first.keep_date("x", "1.1", 7)
    first.save()
    again = kept(NOW + FRESH_SECONDS)
    assert again.known("x") == KNOWN
    assert (again.date("x", "1.1"), again.date("x", "9"), again.known("y")) == (7, None, None)
    assert kept(place="b").known("x") is None


def test_an_answer_ages_and_is_thrown_away() -> None:
    first = kept()
    first.keep("x", KNOWN)
    first.save()
    old = NOW + FRESH_SECONDS + 1
    assert kept(old).known("x") is None
    assert kept(old, any_age=True).known("x") == KNOWN
    assert kept(old, any_age=True).oldest() == NOW
    assert kept(NOW + KEPT_SECONDS + 1, any_age=True).known("x") is None
    assert kept(NOW - 1).known("x") is None


def test_what_has_grown_old_is_not_written_again() -> None:
    first = kept()
    first.keep("x", KNOWN)
    first.save()
    later = kept(NOW + KEPT_SECONDS + 1)
    later.keep("y", KNOWN)
    later.save()
    assert kept(NOW, any_age=True).known("x") is None


@pytest.mark.parametrize(
    "content", [b"", b"no json", b"[]", b'{"x": 1}', b'{"x": [1, 2]}', b'{"x": ["a", "", [], {}]}']
)
def test_a_broken_cache_is_as_good_as_none(content: bytes) -> None:
    first = kept()
    cache.store(first._key(), content)
    assert kept().known("x") is None


def test_a_cache_that_cannot_be_written_is_no_error(own_cache: Path) -> None:
    own_cache.write_text("a file where a folder should be")
    first = kept()
    first.keep("x", KNOWN)
    first.save()
    assert kept().known("x") is None
