"""T-14: the cache is filled by somebody else, so that findings disappear, or another's file is written through it."""

import os

import pytest
from tests.attacks.conftest import SECRET

from wardline.kernel import cache
from wardline.kernel.errors import AskedWronglyError


def test_a_cache_in_the_tree_is_refused(tree, monkeypatch) -> None:
    (tree / ".cache/wardline").mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tree / ".cache"))
    with pytest.raises(AskedWronglyError):
        cache.refuse_inside(tree)


def test_a_check_with_its_cache_in_the_tree_is_refused(check, tree) -> None:
    seen = check(tree, WARDLINE_CACHE=str(tree / "cache"))
    assert seen.status == 2
    assert "set WARDLINE_CACHE to a folder elsewhere" in seen.everything


def test_a_folder_that_somebody_else_filled_is_not_used(tmp_path, monkeypatch) -> None:
    place = tmp_path / "cache"
    place.mkdir()
    (place / "planted").write_text("no findings")
    place.chmod(0o777)
    monkeypatch.setenv("WARDLINE_CACHE", str(place))
    assert cache.load("planted") is None
    assert not cache.store("other", b"x")


def test_nothing_is_written_through_a_link(tmp_path, secret, monkeypatch) -> None:
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    cache.own_folder()
    (tmp_path / "cache/kept").symlink_to(secret)
    assert cache.load("kept") is None
    cache.store("kept", b"overwritten")
    assert secret.read_text().strip() == SECRET


@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser gives files away")
def test_another_users_file_is_not_believed(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    cache.store("kept", b"ours")
    os.chown(tmp_path / "cache/kept", 65534, 65534)
    assert cache.load("kept") is None
