import os
import stat
from pathlib import Path

import pytest

from wardline.kernel import cache
from wardline.kernel.errors import AskedWronglyError

NOBODY = 65534


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_was_stored_is_loaded() -> None:
    assert cache.load("a") is None
    assert cache.store("a", b"content")
    assert cache.load("a") == b"content"
    assert cache.store("a", b"other")
    assert cache.load("a") == b"other"


def test_everything_in_it_is_private(own) -> None:
    before = os.umask(0)
    try:
        cache.store("a", b"content")
        assert cache.own_folder("x", "y") == own / "x/y"
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (own, *own.rglob("*"))}
    assert modes == {"cache": 0o700, "a": 0o600, "x": 0o700, "y": 0o700}


def test_it_is_where_the_environment_says(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "cache"
    monkeypatch.delenv("WARDLINE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.folder() == tmp_path / "xdg/wardline"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.folder() == tmp_path / ".cache/wardline"


def test_a_user_without_a_home_has_no_cache(monkeypatch) -> None:
    monkeypatch.delenv("WARDLINE_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert not cache.folder().exists()


def test_a_folder_that_others_could_read_becomes_private(own) -> None:
    own.mkdir()
    own.chmod(0o755)
    (own / "a").write_bytes(b"ours")
    (own / "a").chmod(0o600)
    assert cache.load("a") == b"ours"
    assert stat.S_IMODE(own.stat().st_mode) == 0o700


def test_a_folder_that_others_could_fill_is_not_used_unless_it_is_empty(own) -> None:
    own.mkdir()
    own.chmod(0o777)
    (own / "a").write_bytes(b"planted")
    assert cache.own_folder() is None
    assert cache.load("a") is None
    assert not cache.store("b", b"content")
    (own / "a").unlink()
    assert cache.own_folder() == own
    assert stat.S_IMODE(own.stat().st_mode) == 0o700


def test_a_subfolder_that_others_could_fill_is_not_used(own) -> None:
    (own / "advisories").mkdir(parents=True)
    (own / "advisories/index").touch()
    (own / "advisories").chmod(0o777)
    assert cache.own_folder("advisories") is None


def test_a_folder_that_anybody_could_put_another_in_place_of_is_not_used(own, tmp_path, monkeypatch) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "open/cache"))
    assert cache.own_folder() is None
    (tmp_path / "open").chmod(0o1777)  # like /tmp: only its owner moves it
    assert cache.own_folder() == tmp_path / "open/cache"


@pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser gives files away")
def test_what_another_user_owns_is_not_used(own) -> None:
    cache.store("a", b"ours")
    os.chown(own / "a", NOBODY, NOBODY)
    assert cache.load("a") is None
    os.chown(own, NOBODY, NOBODY)
    assert cache.own_folder() is None
    assert not cache.store("b", b"content")


def test_another_users_folder_is_known_by_its_owner(own, monkeypatch) -> None:
    own.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert cache.own_folder() is None


def test_links_inside_are_not_followed(own, tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x").write_bytes(b"secret")
    cache.store("a", b"ours")
    (own / "a").unlink()
    (own / "a").symlink_to(tmp_path / "elsewhere/x")
    assert cache.load("a") is None
    assert cache.store("a", b"new"), "a link is replaced, not written through"
    assert (tmp_path / "elsewhere/x").read_bytes() == b"secret"
    (own / "sub").symlink_to(tmp_path / "elsewhere")
    assert cache.own_folder("sub") is None


def test_the_folder_itself_may_be_a_link(own, tmp_path) -> None:
    (tmp_path / "disk").mkdir(mode=0o700)
    own.symlink_to(tmp_path / "disk")
    assert cache.own_folder() == tmp_path / "disk"
    assert cache.store("a", b"x")
    own.unlink()
    own.symlink_to(own)
    assert cache.own_folder() is None


def test_a_pipe_in_the_cache_is_not_waited_for(own) -> None:
    cache.own_folder()
    os.mkfifo(own / "a")
    assert cache.load("a") is None


def test_a_cache_that_cannot_be_written_is_no_error(own) -> None:
    own.write_text("a file in its place")
    assert cache.own_folder() is None
    assert cache.load("a") is None
    assert not cache.store("a", b"content")


def test_a_write_that_fails_leaves_nothing_half_done(own, monkeypatch) -> None:
    cache.store("a", b"before")

    def full(*_arguments):
        raise OSError

    monkeypatch.setattr(Path, "replace", full)
    assert not cache.store("a", b"after")
    assert [path.name for path in own.iterdir()] == ["a"]
    assert cache.load("a") == b"before"


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".", "..", "/etc/passwd", "a\0b"])
def test_a_name_is_a_plain_name(name) -> None:
    with pytest.raises(ValueError, match="plain name"):
        cache.store(name, b"")
    with pytest.raises(ValueError, match="plain name"):
        cache.load(name)


def test_a_cache_inside_the_examined_tree_is_refused(own, tmp_path, monkeypatch) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    cache.refuse_inside(tree)
    (tree / "link").symlink_to(tmp_path)
    monkeypatch.setenv("WARDLINE_CACHE", str(tree / ".cache"))
    with pytest.raises(AskedWronglyError) as caught:
        cache.refuse_inside(tree)
    assert "WARDLINE_CACHE" in caught.value.hint
    (tmp_path / "link").symlink_to(tree)
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "link/.cache"))
    with pytest.raises(AskedWronglyError):
        cache.refuse_inside(tree)


def test_a_users_whole_home_may_hold_the_cache(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "home/.cache/wardline"))
    cache.refuse_inside(tmp_path / "home")
    cache.refuse_inside(Path("/"))
    with pytest.raises(AskedWronglyError):
        cache.refuse_inside(tmp_path / "home/.cache")


def test_keys_of_different_things_differ() -> None:
    keys = {cache.key("a", 1), cache.key("a", "1"), cache.key("b", 1), cache.key("a"), cache.key("a", 1, 2)}
    assert len(keys) == 5
    assert cache.key("a", "x\udcff") == cache.key("a", "x\udcff")
