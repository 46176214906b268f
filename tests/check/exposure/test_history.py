"""Every blob that was ever committed is searched once, and said where it first appeared."""

import pytest
from tests.check.exposure.credentials import github
from tests.repositories import Made

from wardline.check.exposure.reference import Reference
from wardline.check.exposure.service import examine
from wardline.check.model import View
from wardline.check.policy.file import Policy
from wardline.check.worktree import WorkTree
from wardline.kernel.git.repository import Repository


@pytest.fixture
def made(tmp_path):
    made = Made(tmp_path / "made")
    made.write(a__env=f"TOKEN={github('first')}\n")
    made.commit()
    made.write(a__env=f"# moved down\nTOKEN={github('first')}\n", b="nothing")
    made.commit()
    made.write(a__env="# clean\n")
    made.commit()
    return made


def history(made, **more):
    values = {"policy": Policy(), "in_scope": lambda _: True, "doing": lambda _: None, **more}
    with Repository.at(made.path) as repository:
        return examine(View(tree=WorkTree(made.path), **values), Reference("history", repository))


def test_what_was_taken_out_again_is_found_once_at_its_first_commit(made):
    found = history(made)
    first = made.git("rev-list", "--max-parents=0", "HEAD").strip()
    assert [(finding.file, finding.line) for finding in found.findings] == [("a/env", 1)]
    assert f"commit {first[:12]}" in found.findings[0].message
    assert (found.coverage.in_scope, found.coverage.examined) == (4, 4)


def test_what_no_branch_reaches_is_found_as_well(made):
    made.write(gone=f"{github('gone')}\n")
    made.commit()
    made.git("reset", "--hard", "-q", "HEAD~1")
    found = history(made)
    lost = [finding for finding in found.findings if finding.file is None]
    assert len(lost) == 1
    assert "no branch reaches" in lost[0].message


def test_a_side_branch_and_a_merge_are_history(made):
    made.git("checkout", "-q", "-b", "side", "HEAD~1")
    made.write(side=f"{github('side')}\n")
    made.commit()
    assert {finding.file for finding in history(made).findings} == {"a/env", "side"}


def test_what_is_out_of_scope_is_counted_and_not_searched(made):
    found = history(made, in_scope=lambda path: not path.startswith("a/"))
    assert found.findings == ()
    assert (found.coverage.in_scope, found.coverage.excluded) == (1, 3)


def test_without_a_repository_there_is_a_gap(tmp_path):
    view = View(tree=WorkTree(tmp_path), policy=Policy(), in_scope=lambda _: True, doing=lambda _: None)
    found = examine(view, Reference("history", None))
    assert [gap.scope for gap in found.gaps] == ["history"]
    assert found.coverage.gaps == 1
