"""A suppression of a credential is for that value alone; the whole way, from `wardline suppress` to the next check."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from tests.check.exposure.credentials import github, password
from tests.repositories import Made

from wardline.check import asking, suppressions
from wardline.check.model import Request
from wardline.check.remembering import remembered
from wardline.cli.suppress import command
from wardline.kernel import clock
from wardline.kernel.errors import AskedWronglyError

REASON = "only opens the container that tests start and throw away"


def setting(value):
    return f"# of the tests\ndb_password = '{value}'\n"


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "settings.py").write_text(setting(password("one")))
    return folder


def checked(folder, mode="tree"):
    request = Request(path=folder, mode=mode, only=("exposure",))
    return asking.check(request, now=clock.now(), progress=lambda _: None).report


def suppressed(folder, fingerprint, *more):
    done = CliRunner().invoke(command, [fingerprint, str(folder), "--reason", REASON, "--until", "30d", *more])
    assert done.exception is None, done.exception
    return done.output


def written(folder):
    return (folder / suppressions.PATH).read_text()


def test_the_value_is_suppressed_and_another_on_the_same_line_is_found(tree):
    (found,) = checked(tree).findings
    said = suppressed(tree, found.fingerprint)
    assert "this value and no other" in said
    report = checked(tree)
    assert report.findings == ()
    assert [one.fingerprint for one in report.suppressed] == [found.fingerprint]
    assert report.notes == ()
    assert report.gaps == ()
    (tree / "settings.py").write_text(setting(password("two")))
    report = checked(tree)
    (other,) = report.findings
    assert other.fingerprint != found.fingerprint
    assert "is not the value that was suppressed here" in other.message
    assert ["unused" in note for note in report.notes] == [True]
    suppressed(tree, other.fingerprint)
    report = checked(tree)
    assert report.findings == ()
    assert [one.fingerprint for one in report.suppressed] == [found.fingerprint]


def test_what_is_written_holds_no_value_and_says_what_it_is_worth(tree):
    (found,) = checked(tree).findings
    suppressed(tree, found.fingerprint)
    text = written(tree)
    assert password("one") not in text
    assert "# a weak value can be guessed from this" in text
    assert 'rule = "password-in-code"' in text
    assert 'subject = "settings.py"' in text
    suppressed(tree, found.fingerprint)
    assert written(tree) == text


def test_another_value_on_a_line_like_it_before_it_changes_nothing(tree):
    (found,) = checked(tree).findings
    suppressed(tree, found.fingerprint)
    (tree / "settings.py").write_text(setting(password("two")) + setting(password("one")))
    report = checked(tree)
    assert [one.line for one in report.findings] == [2]
    assert [one.line for one in report.suppressed] == [4]


def test_an_entry_without_a_value_is_a_gap_that_says_to_write_it_anew(tree):
    (found,) = checked(tree).findings
    until = clock.now().date() + timedelta(days=30)
    entry = suppressions.Entry(found.fingerprint, REASON, until, rule="password-in-code")
    (tree / ".wardline").mkdir()
    (tree / suppressions.PATH).write_bytes(suppressions.add(None, entry, clock.now().date()))
    report = checked(tree)
    assert [one.fingerprint for one in report.findings] == [found.fingerprint]
    assert report.suppressed == ()
    (gap,) = report.gaps
    assert gap.scope == f"{suppressions.PATH}:1"
    assert "tied to its value" in gap.reason
    assert "wardline suppress" in gap.remedy
    suppressed(tree, found.fingerprint)
    assert checked(tree).findings == ()
    assert written(tree).count("[[suppression]]") == 1


def test_an_expired_entry_lets_the_value_count_again(tree):
    (found,) = checked(tree).findings
    suppressed(tree, found.fingerprint)
    today = clock.now().date().isoformat()
    path = tree / suppressions.PATH
    path.write_text(
        "\n".join(f"until = {today[:4]}-01-01" if "until" in row else row for row in path.read_text().split("\n"))
    )
    report = checked(tree)
    assert len(report.findings) == 1
    assert "expired" in report.notes[0]


def test_what_was_committed_once_is_suppressed_with_its_history(tmp_path):
    made = Made(tmp_path / "made")
    for seed in ("one", "two"):
        made.write(settings__py=setting(password(seed)))
        made.commit()
    made.write(settings__py="clean\n")
    made.commit()
    found = checked(made.path, "history").findings
    assert len(found) == 2
    said = suppressed(made.path, found[0].fingerprint, "--history")
    assert "these 2 values" in said
    report = checked(made.path, "history")
    assert report.findings == ()
    assert len(report.suppressed) == 2


def test_a_fingerprint_of_nothing_here_is_found_nowhere(tree):
    assert remembered(tree, "0" * 32) == []
    with pytest.raises(AskedWronglyError, match="no git repository"):
        remembered(tree, "0" * 32, history=True)


def test_a_key_of_a_provider_is_suppressed_like_a_password(tree):
    (tree / "settings.py").write_text(f"token: {github('one')}\n")
    (found,) = checked(tree).findings
    suppressed(tree, found.fingerprint)
    assert checked(tree).findings == ()
    (tree / "settings.py").write_text(f"token: {github('two')}\n")
    assert len(checked(tree).findings) == 1


def test_the_file_of_suppressions_is_no_leak_itself(tree):
    (found,) = checked(tree).findings
    suppressed(tree, found.fingerprint)
    (tree / "settings.py").unlink()
    assert checked(tree).findings == ()
