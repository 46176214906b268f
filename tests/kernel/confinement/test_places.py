import sys
import sysconfig
from pathlib import Path

from wardline.kernel.confinement import places


def test_the_interpreter_and_the_systems_programs_are_there() -> None:
    found = places.installation()
    wanted = Path(sysconfig.get_paths()["stdlib"]).resolve()
    assert any(wanted.is_relative_to(place) for place in [*found.readable, *found.executable])
    assert Path("/usr") in found.executable
    assert found.writable == [Path("/dev/null")]


def test_the_home_folder_is_never_among_them(monkeypatch, tmp_path) -> None:
    home = tmp_path / "home"
    (home / ".local/lib/site-packages").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(sys, "prefix", str(home))
    monkeypatch.setattr(sys, "exec_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "path", ["", str(home), "/", str(home / ".local/lib/site-packages")])
    found = places.installation()
    everything = {*found.readable, *found.executable, *found.writable}
    assert home / ".local/lib/site-packages" in everything
    assert not {home, tmp_path, Path("/"), Path.cwd()} & everything


def test_the_current_folder_and_a_scripts_folder_are_not_among_them(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    found = places.installation()
    assert tmp_path not in {*found.readable, *found.executable}


def test_the_environment_is_made_from_a_list(monkeypatch) -> None:
    monkeypatch.setattr(
        places.os, "environ", {"LC_ALL": "C", "LANG": "C", "TOKEN": "made-up", "PATH": ".:/bin:bin:", "LD_PRELOAD": "x"}
    )
    assert places.environment("/cache") == {
        "LC_ALL": "C",
        "LANG": "C",
        "PATH": "/bin",
        "HOME": "/nonexistent",
        "WARDLINE_CACHE": "/cache",
    }
