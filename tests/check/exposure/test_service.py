"""The practice: every file accounted for; of a change only what it brings."""

import os
import signal

import pytest
from tests.check.exposure.credentials import github, password
from tests.repositories import Made

from wardline.check.committed import CommitTree, StagedTree
from wardline.check.exposure import service
from wardline.check.exposure.contents import Search
from wardline.check.exposure.reference import Reference
from wardline.check.exposure.service import examine
from wardline.check.model import View
from wardline.check.policy.file import Policy
from wardline.check.worktree import WorkTree
from wardline.kernel.git.repository import Repository


def view(tree, **more):
    values = {"policy": Policy(), "in_scope": lambda _: True, "doing": lambda _: None, **more}
    return View(tree=tree, **values)


def places(examination):
    return [(finding.file, finding.line, finding.rule) for finding in examination.findings]


def test_every_file_is_accounted_for(tmp_path):
    (tmp_path / "a.env").write_text(f"A=1\nTOKEN={github()}\n")
    (tmp_path / "b.txt").write_text("nothing\n")
    (tmp_path / "out.txt").write_text(github())
    found = examine(view(WorkTree(tmp_path), in_scope=lambda path: path != "out.txt"), Reference())
    assert places(found) == [("a.env", 2, "github-personal-access-token")]
    assert (found.coverage.in_scope, found.coverage.examined, found.coverage.excluded) == (2, 2, 1)
    assert found.gaps == ()


def test_what_cannot_be_read_and_what_ended_an_earlier_attempt_is_a_gap(tmp_path, monkeypatch):
    monkeypatch.setattr(service, "MAX_BYTES", 100)
    (tmp_path / "big").write_text("x" * 101)
    (tmp_path / "killer").write_text("x")
    (tmp_path / "fine").write_text("x")
    found = examine(view(WorkTree(tmp_path), skip={"killer": "it crashed"}), Reference())
    assert [(gap.scope, gap.units) for gap in found.gaps] == [("big", 1), ("killer", 1)]
    assert "it crashed" in found.gaps[1].reason
    assert (found.coverage.in_scope, found.coverage.examined, found.coverage.gaps) == (3, 1, 2)


def test_a_file_that_is_gone_or_takes_too_long_is_a_gap(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("x")
    tree = WorkTree(tmp_path)
    tree.files()
    (tmp_path / "a").unlink()
    assert "gone" in examine(view(tree), Reference()).gaps[0].reason

    def forever(_content, _path):
        while True:
            pass

    (tmp_path / "a").write_text("x")
    monkeypatch.setattr(service, "SECONDS_PER_FILE", 0.05)
    monkeypatch.setattr(service, "search", forever)
    assert "took longer" in examine(view(tree), Reference()).gaps[0].reason


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "made")
    made.write(old__env=f"A=1\nTOKEN={github('old')}\n", same="nothing")
    made.commit()
    return made


def of_change(made, changed):
    with Repository.at(made.path) as repository:
        before = CommitTree(repository, repository.head())
        return examine(view(WorkTree(made.path), changed=changed, before=before), Reference("diff"))


def test_only_what_a_change_brings_counts(made):
    made.write(old__env=f"A=2\nNEW={github('new')}\nTOKEN={github('old')}\n")
    assert places(of_change(made, {"old/env": "old/env"})) == [("old/env", 2, "github-personal-access-token")]


def test_a_move_brings_nothing_and_a_copy_does(made):
    (made.path / "old" / "env").rename(made.path / "moved")
    assert places(of_change(made, {"moved": "old/env"})) == []
    made.write(old__env=f"A=1\nTOKEN={github('old')}\n")
    assert len(places(of_change(made, {"moved": None}))) == 1


def test_a_line_that_moves_between_files_brings_nothing(made):
    made.write(old__env="A=1\n", same=f"nothing\nTOKEN={github('old')}\n")
    assert places(of_change(made, {"old/env": "old/env", "same": "same"})) == []


def test_the_same_value_once_more_is_new(made):
    made.write(old__env=f"A=1\nTOKEN={github('old')}\nAGAIN={github('old')}\n")
    assert places(of_change(made, {"old/env": "old/env"})) == [("old/env", 3, "github-personal-access-token")]


def test_what_is_staged_is_examined_and_not_what_lies_beside_it(made):
    made.write(old__env=f"A=1\nTOKEN={github('old')}\nS={github('staged')}\n")
    made.git("add", ".")
    made.write(old__env="clean\n")
    with Repository.at(made.path) as repository:
        before = CommitTree(repository, repository.head())
        found = examine(
            view(StagedTree(repository), changed={"old/env": "old/env"}, before=before), Reference("staged")
        )
    assert places(found) == [("old/env", 3, "github-personal-access-token")]
    assert found.coverage.in_scope == 1


def test_several_processes_find_the_same_as_one_and_one_may_die(tmp_path, monkeypatch):
    for number in range(200):
        (tmp_path / f"{number:03}.env").write_text(f"# {number}\nPASSWORD={password(str(number % 7))}\n")
    tree = WorkTree(tmp_path)
    alone = examine(view(tree), Reference())
    monkeypatch.setattr(service, "_FORK_BYTES", 0)
    monkeypatch.setattr(service, "processors", lambda: 2)
    together = examine(view(tree), Reference())
    assert sorted(places(together)) == sorted(places(alone))
    assert len(alone.findings) == 200

    def deadly(content, path):
        if path == "100.env":
            os.kill(os.getpid(), signal.SIGKILL)
        return Search([])

    monkeypatch.setattr(service, "search", deadly)
    survived = examine(view(tree), Reference())
    assert [gap.scope for gap in survived.gaps] == ["100.env"]
    assert survived.coverage.examined == 199
