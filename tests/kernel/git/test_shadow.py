import os

import pytest
from tests.repositories import Made

from wardline.kernel.git import layout, shadow
from wardline.kernel.git.errors import GitError


@pytest.fixture
def places(tmp_path):
    made = Made(tmp_path / "made")
    made.commit(a="x")
    made.git("config", "core.fsmonitor", "/made/up")
    return layout.find(made.path)


def test_the_shadow_has_our_settings_and_shows_their_objects(places) -> None:
    folder = shadow.make(places)
    assert "/made/up" not in (folder / "config").read_text()
    assert (folder / "objects").resolve() == places.common_dir / "objects"
    assert (folder / "HEAD").read_bytes() == (places.git_dir / "HEAD").read_bytes()
    assert {path.name for path in folder.iterdir()} == {"HEAD", "config", "info", "objects", "refs"}
    shadow.remove(folder)


def test_nobody_else_can_look_into_it(places) -> None:
    folder = shadow.make(places)
    assert folder.stat().st_mode & 0o777 == 0o700
    shadow.remove(folder)


def test_removing_it_leaves_the_repository(places) -> None:
    before = sorted(places.git_dir.rglob("*"))
    folder = shadow.make(places)
    shadow.remove(folder)
    assert not folder.exists()
    assert sorted(places.git_dir.rglob("*")) == before


def test_what_is_neither_file_nor_folder_is_not_shown(places) -> None:
    os.mkfifo(places.git_dir / "packed-refs")
    (places.git_dir / "FETCH_HEAD").symlink_to("/etc/passwd")
    folder = shadow.make(places)
    assert not (folder / "packed-refs").is_symlink()
    assert not (folder / "FETCH_HEAD").is_symlink()
    shadow.remove(folder)


def test_without_a_place_for_temporary_files_it_says_so(places, monkeypatch) -> None:
    def full(*_arguments, **_keywords):
        raise OSError

    monkeypatch.setattr(shadow.Path, "mkdir", full)
    with pytest.raises(GitError, match="temporary files") as caught:
        shadow.make(places)
    assert "TMPDIR" in caught.value.hint


def test_a_relative_folder_for_temporary_files_is_not_used(places, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", "made")
    folder = shadow.make(places)
    assert not folder.is_relative_to(tmp_path)
    shadow.remove(folder)
