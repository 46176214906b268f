from tests.findings.world import finding

from wardline.findings import identity
from wardline.findings.identity import CodeContext, line_mark, of_code, of_credential
from wardline.findings.importers.surroundings import Surroundings
from wardline.findings.sights import INSIDE

SHOP = """\
import os


class Till:
    def pay(self, order):
        check(order)
        os.system(
            "print " + order,
        )
        return order

    def undo(self, order):
        os.system("print " + order)
        password = "hunter2"
"""


def reported(line: int, text: str, path: str = "shop.py"):
    name = of_code("rule:bandit/B605", "bandit/B605", CodeContext(path, snippet=text))
    return finding(1, rule="bandit/B605", file=path, line=line, context=(text.strip(), line_mark(text)))._replace(
        fingerprint=name
    )


def told(folder, one):
    return Surroundings(str(folder)).told(one)


def test_one_statement_in_two_functions_is_two_findings_however_it_is_broken(tmp_path):
    (tmp_path / "shop.py").write_text(SHOP)
    pay, undo = told(tmp_path, reported(7, "os.system(")), told(tmp_path, reported(13, 'os.system("print " + order)'))
    assert f"{INSIDE}Till pay" in pay.context
    assert f"{INSIDE}Till undo" in undo.context
    assert pay.fingerprint != undo.fingerprint
    broken = '(\n            "print " + order,\n        )'
    (tmp_path / "shop.py").write_text(SHOP.replace(broken, "('print ' + order)"))
    assert told(tmp_path, reported(7, "os.system('print ' + order)")).fingerprint == pay.fingerprint


def test_a_tree_that_reads_otherwise_tells_nothing(tmp_path):
    (tmp_path / "shop.py").write_text(SHOP)
    for other in (reported(7, "os.popen("), reported(700, "os.system("), reported(7, "os.system(", "none.py")):
        assert told(tmp_path, other) == other


def test_no_file_outside_of_the_tree_is_read(tmp_path):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "shop.py").write_text(SHOP)
    (tree / "linked.py").symlink_to(tmp_path / "shop.py")
    (tree / "folder.py").mkdir()
    outside = ("../shop.py", "linked.py", "folder.py", str(tmp_path / "shop.py"), "a\0b")
    for other in (reported(7, "os.system(", path) for path in outside):
        assert told(tree, other) == other


def test_large_files_and_endless_statements_are_bounded(tmp_path):
    (tmp_path / "shop.py").write_text("f(\n" + "x,\n" * 500_000)
    assert len(told(tmp_path, reported(1, "f(")).context) < 40
    (tmp_path / "shop.py").write_text("f(\n" + "x,\n" * 1_000_000)
    assert told(tmp_path, reported(1, "f(")) == reported(1, "f(")


def test_nothing_of_a_credential_or_its_neighbours_is_kept_and_it_is_called_by_its_function(tmp_path):
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "other.py").write_text(SHOP.replace("hunter2", "hunter3").replace("order)", "basket)"))
    seen = []
    for path in ("shop.py", "other.py"):
        name = of_credential("bandit/B105", "shop.py", "")
        one = finding(1, practice="exposure", rule="bandit/B105", file=path, line=14)._replace(fingerprint=name)
        seen.append(told(tmp_path, one))
    assert seen[0].fingerprint == of_credential("bandit/B105", "shop.py", "Till undo.password")
    assert all(one.startswith((" -", " +", " @")) for one in seen[0].context)
    assert "hunter" not in str(seen[0].context)


def test_a_comment_at_a_lines_end_and_its_quotes_make_no_other_line():
    one = line_mark("x = run(u'a')  # type: ignore[arg]")
    assert one == line_mark('x = run("a")') == line_mark('x = run("a") // see there')
    assert line_mark("x = 'a # b'") != line_mark("x = 'a")
    assert identity.uncommented("# all of it") == "# all of it"
