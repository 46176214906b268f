"""The engine: a child that dies costs one file, and never the verdict's honesty."""

import os
import signal
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from wardline.check import asking, service
from wardline.check.dependencies import formats
from wardline.check.dependencies.formats import Formats
from wardline.check.dependencies.model import Lockfile, Package
from wardline.check.model import PRACTICES, Request
from wardline.kernel.errors import AskedWronglyError

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def known(read):
    plugin = SimpleNamespace(
        declared={"ID": "fake", "TITLE": "a fake", "PATTERNS": ("*.fake",), "ECOSYSTEMS": ("PyPI",)},
        load=lambda: SimpleNamespace(read=read),
    )
    return Formats([plugin])


@pytest.fixture
def examine(tmp_path, monkeypatch):
    monkeypatch.setenv("WARDLINE_CACHE", str(tmp_path / "cache"))
    tree = tmp_path / "tree"
    tree.mkdir()

    def run(read, *names, **more):
        monkeypatch.setattr(formats, "load", lambda: known(read))
        for name in names:
            (tree / name).write_text(name)
        request = Request(path=tree, **{"only": ("dependencies",), **more})
        return asking.check(request, now=NOW, progress=lambda _: None).report

    return run


def fine(_):
    return Lockfile([Package("PyPI", "one", "1.0")], lambda: [1])


def test_a_child_that_is_killed_names_its_file_and_the_rest_is_examined(examine) -> None:
    def read(source):
        if source.path.startswith("bad"):
            os.kill(os.getpid(), signal.SIGKILL)
        return fine(source)

    report = examine(read, "bad1.fake", "bad2.fake", "good.fake")
    scopes = {gap.scope: gap.reason for gap in report.gaps}
    assert "SIGKILL" in scopes["bad1.fake"]
    assert "SIGKILL" in scopes["bad2.fake"]
    assert report.coverage["dependencies"].in_scope == 3
    assert report.verdict == "cannot-say"


def test_a_child_that_always_dies_is_a_gap_and_an_end(examine) -> None:
    def read(_):
        os.kill(os.getpid(), signal.SIGSEGV)

    report = examine(read, *(f"{number}.fake" for number in range(9)))
    assert report.verdict == "cannot-say"
    assert "SIGSEGV" in report.gaps[0].reason


def test_memory_without_end_is_a_gap(examine, monkeypatch) -> None:
    def read(source):
        if source.path == "bad.fake":
            hoard = []
            while True:
                hoard.append(bytearray(64 * 1024 * 1024))
        return fine(source)

    small = service.sandbox.Limits(memory_bytes=512 * 1024 * 1024)
    real = service.sandbox.run
    monkeypatch.setattr(service.sandbox, "run", lambda *args, **more: real(*args, **more, limits=small))
    report = examine(read, "bad.fake", "good.fake")
    assert [gap.scope for gap in report.gaps if gap.scope == "bad.fake"]
    assert report.verdict == "cannot-say"


def test_an_empty_tree_is_examined_by_nothing(examine) -> None:
    report = examine(fine)
    assert report.verdict == "cannot-say"
    assert "nothing examined" in report.gaps[0].reason


def test_every_practice_in_scope_is_in_the_account(examine) -> None:
    report = examine(fine, "a.fake", only=PRACTICES)
    assert tuple(report.coverage) == PRACTICES
    assert {gap.practice for gap in report.gaps} == {"dependencies", "code", "pipeline", "policy"}
    assert report.coverage["exposure"].examined == 1


def test_what_the_sandbox_cannot_enforce_is_a_note_or_where_it_is_required_a_gap(examine, monkeypatch) -> None:
    real = service.sandbox.run

    def weak(*args, **more):
        return real(*args, **more)._replace(unenforced=("no Landlock\x1b[2J",))

    monkeypatch.setattr(service.sandbox, "run", weak)
    noted = examine(fine, "a.fake")
    assert "no Landlock\\x1b[2J" in noted.notes[-1]
    required = examine(fine, "a.fake", require_sandbox=True)
    assert required.coverage["other"].gaps == 1
    assert "no Landlock" in required.gaps[-1].reason


def test_a_path_that_is_not_there_is_asked_wrongly(tmp_path) -> None:
    with pytest.raises(AskedWronglyError):
        asking.check(Request(path=tmp_path / "missing"), now=NOW, progress=lambda _: None)
