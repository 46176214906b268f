import os
import sys

import orjson
import pytest

from wardline.kernel import cache, plugins

MADE = '''"""What it does.

And how.
"""
import sys

ID = "made-up"
PATTERNS: list[str] = ["a", "b"]
PAIR = ("a", 1)
_PRIVATE = 1
lower = 2
COMPUTED = len("x")
A, B = 1, 2
sys.modules["imported_for_a_declaration"] = None
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    name = f"made_{os.urandom(4).hex()}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "_shared.py").write_text("ID = 'no plug-in'")
    (folder / "one.py").write_text(MADE)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    sys.modules.pop(name, None)


def test_what_a_plugin_declares_is_read_and_nothing_is_imported(package) -> None:
    (found,) = plugins.catalogue(package.name)
    assert found.module == f"{package.name}.one"
    assert found.declared == {"ID": "made-up", "PATTERNS": ["a", "b"], "PAIR": ["a", 1]}
    assert found.doc.startswith("What it does.")
    assert "imported_for_a_declaration" not in sys.modules
    assert f"{package.name}.one" not in sys.modules


def test_the_answer_from_the_cache_is_the_same(package, monkeypatch) -> None:
    first = plugins.catalogue(package.name)
    monkeypatch.setattr(plugins, "_declared", None)
    assert plugins.catalogue(package.name) == first


def test_a_changed_an_added_and_a_removed_file_are_seen(package) -> None:
    plugins.catalogue(package.name)
    (package / "two.py").write_text("ID = 'two'")
    assert [found.declared["ID"] for found in plugins.catalogue(package.name)] == ["made-up", "two"]
    (package / "two.py").write_text("ID = 'other'")
    assert [found.declared["ID"] for found in plugins.catalogue(package.name)] == ["made-up", "other"]
    (package / "one.py").unlink()
    assert [found.declared["ID"] for found in plugins.catalogue(package.name)] == ["other"]


def test_without_a_cache_the_answer_is_the_same(package, tmp_path) -> None:
    first = plugins.catalogue(package.name)
    for path in (tmp_path / "cache").iterdir():
        path.unlink()
    (tmp_path / "cache").rmdir()
    (tmp_path / "cache").write_text("no folder")
    assert plugins.catalogue(package.name) == first


@pytest.mark.parametrize("content", [b"", b"not JSON", b"[[1]]", b"[1]", b"{}x", b'[["a", 1, "b"]]', b"null"])
def test_a_spoilt_cache_is_read_anew(package, content) -> None:
    first = plugins.catalogue(package.name)
    (kept,) = cache.own_folder().iterdir()
    kept.write_bytes(content)
    assert plugins.catalogue(package.name) == first


def test_a_literal_that_json_does_not_have_is_kept_out_of_the_cache(package) -> None:
    (package / "one.py").write_text("MAGIC = b'\\x00'\nNAMES = {'a'}")
    for _ in range(2):
        (found,) = plugins.catalogue(package.name)
        assert found.declared == {"MAGIC": b"\x00", "NAMES": {"a"}}


def test_a_plugin_is_imported_when_its_turn_comes(package) -> None:
    (package / "one.py").write_text("ID = 'one'\nANSWER = 6 * 7")
    (found,) = plugins.catalogue(package.name)
    assert found.load().ANSWER == 42


def test_the_cache_holds_json(package) -> None:
    plugins.catalogue(package.name)
    (kept,) = cache.own_folder().iterdir()
    assert orjson.loads(kept.read_bytes())[0][0] == f"{package.name}.one"
