import pytest
from tests.check.dependencies.lockfiles.strangers import alone, answered, names, source

from wardline.check.dependencies.lockfiles import go_work


def test_a_workspace_adds_its_toolchain_and_its_replacements():
    lockfile = answered(go_work, source("go-work/valid-workspace/go.work"))
    assert names(lockfile) == {("Go", "stdlib", "1.22.5"), ("Go", "golang.org/x/text", "v0.3.7")}
    assert list(lockfile.lines()) == [7, 3]
    assert not lockfile.unread


def test_a_module_outside_of_the_tree_is_said_not_to_be_examined():
    text = "go 1.22\nuse (\n\t./api\n\t../elsewhere\n)\nreplace a => ./api\nreplace b => ../elsewhere\n"
    lockfile = answered(go_work, alone("go.work", text, api__go_dot_mod="module api\n"))
    assert [(part.line, part.units) for part in lockfile.unread] == [(4, 1), (7, 1)]


@pytest.mark.parametrize("text", ["use a b\n", "use (\n", "nonsense\n"])
def test_a_broken_workspace_is_refused(text):
    assert answered(go_work, alone("go.work", text)) is None
