"""A team's rules are found where they stand by custom, or where the policy says; the whole practice obeys them."""

import pytest
from tests.repositories import Made

from wardline.check.exposure.own_rules import PATH
from wardline.check.exposure.reference import Reference
from wardline.check.exposure.service import examine
from wardline.check.model import View
from wardline.check.policy.file import Policy, PolicyFileError
from wardline.check.policy.file import read as read_policy
from wardline.check.worktree import WorkTree
from wardline.kernel.git.repository import Repository

RULE = "[[rules]]\nid = 'acme'\ndescription = 'An Acme key'\nregex = '''acme_[a-z0-9]{8}'''\n"


@pytest.fixture
def tree(tmp_path):
    (tmp_path / ".wardline").mkdir()
    (tmp_path / "a.txt").write_text("acme_abcd1234\n")
    return tmp_path


def found(tree, reference=None, **policy):
    view = View(
        tree=WorkTree(tree), policy=Policy(**policy), in_scope=lambda path: path == "a.txt", doing=lambda _: None
    )
    return examine(view, reference or Reference())


def test_rules_that_stand_by_custom_are_obeyed_and_say_whose_they_are(tree):
    (tree / PATH).write_text(RULE)
    (one,) = found(tree).findings
    assert (one.rule, one.file, one.line) == ("team/acme", "a.txt", 1)
    assert one.message.startswith(f"An Acme key: the rule team/acme of {PATH} is about what stands here")
    assert "abcd1234" not in repr(one)


def test_rules_that_the_policy_names_are_obeyed_instead(tree):
    (tree / PATH).write_text(RULE.replace("acme_", "other_"))
    (tree / ".gitleaks.toml").write_text(RULE)
    assert len(found(tree, exposure_rules=".gitleaks.toml").findings) == 1
    assert read_policy(b'[exposure]\nrules = "./.gitleaks.toml"\n').exposure_rules == ".gitleaks.toml"
    with pytest.raises(PolicyFileError, match="rules is the path"):
        read_policy(b"[exposure]\nrules = 3\n")


def test_rules_that_are_not_where_the_policy_says_are_a_gap(tree):
    answer = found(tree, exposure_rules="gone.toml")
    assert [gap.scope for gap in answer.gaps] == ["gone.toml"]
    assert (answer.coverage.in_scope, answer.coverage.examined, answer.coverage.gaps) == (2, 1, 1)
    (tree / "link.toml").symlink_to("/etc/hostname")
    assert [gap.scope for gap in found(tree, exposure_rules="link.toml").gaps] == ["link.toml"]
    assert [gap.scope for gap in found(tree, exposure_rules="../x.toml").gaps] == ["../x.toml"]


def test_what_is_not_honoured_is_in_the_account(tree):
    (tree / PATH).write_text(RULE + "verify = true\n[extend]\nuseDefault = true\n")
    answer = found(tree)
    assert [gap.scope for gap in answer.gaps] == [f"{PATH}:1"]
    assert answer.coverage.gaps == 1
    assert "stand in the place" in answer.notes[0]


def test_without_rules_nothing_is_said(tree):
    answer = found(tree)
    assert (answer.findings, answer.gaps, answer.notes) == ((), (), ())


def test_history_is_searched_for_them_as_well(tmp_path):
    made = Made(tmp_path / "made")
    made.write(**{"a.txt": "acme_abcd1234\n"})
    made.commit()
    made.write(**{"a.txt": "clean\n"})
    made.commit()
    (made.path / ".wardline").mkdir()
    (made.path / PATH).write_text(RULE + "verify = 1\n" + RULE.replace("acme'", "bcme'"))
    with Repository.at(made.path) as repository:
        answer = found(made.path, Reference("history", repository))
    assert [one.rule for one in answer.findings] == ["team/bcme"]
    assert answer.coverage.gaps == 1
